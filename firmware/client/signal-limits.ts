import { OTError } from './ot-error.ts';

const MAX_TYPE_BYTES = 128;
const MAX_DATA_BYTES = 8 * 1024;

/** Null for a signal that the box takes. The numbers are those of OpenTok's signal(). */
export function checkSignal(type: string, data: string): OTError | null {
  if (typeof type !== 'string' || typeof data !== 'string')
    return new OTError('OT_INVALID_PARAMETER', "A signal's type and data are strings", { code: 400 });
  if (bytesOf(type) > MAX_TYPE_BYTES)
    return new OTError('OT_INVALID_PARAMETER', `A signal's type has at most ${MAX_TYPE_BYTES} bytes`, { code: 413 });
  if (bytesOf(data) > MAX_DATA_BYTES)
    return new OTError('OT_INVALID_PARAMETER', `A signal's data has at most ${MAX_DATA_BYTES} bytes`, { code: 413 });
  return null;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
