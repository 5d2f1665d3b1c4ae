import { CrosspointError } from '../base/errors.ts';
import type { ConnectionId } from '../base/ids.ts';
import type { Signal } from '../sessions/notices.ts';

const MAX_TYPE_BYTES = 128;
const MAX_DATA_BYTES = 8 * 1024;

/**
 * @param from null: the application
 * @throws CrosspointError session.signal-too-large: CONTRACT §1.9
 */
export function signalOf(from: ConnectionId | null, signalType: string, data: string): Signal {
  if (Buffer.byteLength(signalType) > MAX_TYPE_BYTES)
    throw new CrosspointError('session.signal-too-large', `The type is longer than ${MAX_TYPE_BYTES} bytes`);
  if (Buffer.byteLength(data) > MAX_DATA_BYTES)
    throw new CrosspointError('session.signal-too-large', `The data is longer than ${MAX_DATA_BYTES} bytes`);
  return { from, signalType, data };
}
