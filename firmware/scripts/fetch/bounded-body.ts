import { fetchError } from './fetch-error.ts';
import type { WebAnswer } from './web-client.ts';

/**
 * The body, no longer than that, counted after it was unpacked.
 * @throws CrosspointError script.fetch-too-large
 */
export async function* boundedBody({ body, header }: WebAnswer, maxBytes: number): AsyncGenerator<Buffer> {
  const tooLarge = () =>
    fetchError('script.fetch-too-large', `What came is larger than ${Math.floor(maxBytes / 1024)} KiB`);
  if (Number(header('content-length')) > maxBytes) throw tooLarge();
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge();
    yield chunk;
  }
}
