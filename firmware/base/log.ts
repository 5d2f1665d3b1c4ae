import { pino } from 'pino';

/** The one logger shape that everything takes: JSON, one line a thing. */
export type Log = pino.Logger;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Names of fields whose values never reach a log line, wherever in an object they stand. */
const SECRET_FIELDS = [
  'password',
  'apiSecret',
  'secret',
  'token',
  'authorization',
  'proxy-authorization',
  'x-opentok-auth',
];

export function createLog(
  level: LogLevel,
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  const paths = SECRET_FIELDS.flatMap(field => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: '[secret]' } },
    destination,
  );
}

/** For tests and tools that want no log. */
export const silentLog: Log = pino({ level: 'silent' });
