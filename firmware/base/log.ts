import { pino } from 'pino';
import { withoutSecrets } from './without-secrets.ts';

/** The one logger shape that everything takes: JSON, one line a thing. */
export type Log = pino.Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export function createLog(
  level: LogLevel,
  destination: pino.DestinationStream = pino.destination({ dest: 2, sync: false }),
): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { log: withoutSecrets },
      serializers: { err: (error: Error) => withoutSecrets({ ...pino.stdSerializers.err(error) }) },
    },
    destination,
  );
}

/** For tests and tools that want no log. */
export const silentLog: Log = pino({ level: 'silent' });
