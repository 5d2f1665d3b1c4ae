/**
 * The bytes in memory of their own. A small Buffer is mostly a part of 8 KiB (Buffer.poolSize) that it shares with what is
 * long gone: what is kept for as long as a call would keep all of it.
 */
export function inOwnMemory(data: Buffer | string): Buffer {
  const text = typeof data === 'string';
  const own = Buffer.allocUnsafeSlow(text ? Buffer.byteLength(data) : data.length);
  if (text) own.write(data);
  else data.copy(own);
  return own;
}
