import type { Calls } from './calls/calls.ts';
import type { MediaDigit } from './media/media.ts';
import type { Client } from './sessions/client.ts';

/**
 * What becomes of a key that a client of a session has pressed: its phones are sent it, and everybody is told.
 *
 * @param tellDigits whether which key it was may be told; it may be a PIN
 */
export function clientDigits(calls: () => Calls, tellDigits: boolean): (client: Client, digit: MediaDigit) => void {
  return (client, pressed) => {
    const { digit, durationMs, source } = pressed;
    client.pressed({ digit: tellDigits ? digit : null, durationMs, source });
    const { project, id } = client.session;
    calls().passDigit(project, id, pressed);
  };
}
