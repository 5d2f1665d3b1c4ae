import type { LogLevelSwitch } from './base/log-level.ts';
import type { LiveKeys } from './config/config-file.ts';
import type { Config } from './config/schema.ts';
import type { CallRecords } from './store/call-records.ts';
import type { IncomingCalls } from './trunks/incoming/incoming-calls.ts';

export interface LiveParts {
  readonly logLevel: LogLevelSwitch;
  readonly records: CallRecords;
  readonly incoming: IncomingCalls;
  /** Who may call the built-in numbers from now on. */
  readonly builtinSources: (ranges: Config['builtinNumbers']['allowFrom']) => void;
}

/**
 * What can change while the service runs, since it is looked up anew for each call: no call that there is, no
 * registration and no socket depends on it.
 */
export function liveKeys({ logLevel: level, records, incoming, builtinSources }: LiveParts): LiveKeys {
  return {
    logLevel: ({ logLevel }) => level.configure(logLevel),
    numbers: ({ numbers }) => incoming.routeBy(numbers),
    'builtinNumbers.allowFrom': ({ builtinNumbers }) => builtinSources(builtinNumbers.allowFrom),
    'records.keepDays': ({ records: { keepDays } }) => {
      records.keepDays = keepDays;
    },
  };
}
