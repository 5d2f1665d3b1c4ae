import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CrosspointError } from '../base/errors.ts';
import { byteRange } from './device/byte-range.ts';

const types: Readonly<Record<string, string>> = {
  ogg: 'audio/ogg; codecs=opus',
  wav: 'audio/wav',
  zip: 'application/zip',
};

/** What a client is given. */
export interface SentFile {
  readonly path: string;
  /** It is saved under. */
  readonly filename: string;
}

/**
 * Sends a file of a recording, whole or the part that `Range` asks for (RFC 9110 §14).
 * @throws CrosspointError session.recording-unknown, http.range
 */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, { path, filename }: SentFile) {
  const { size } = await stat(path).catch(() => {
    throw new CrosspointError('session.recording-unknown', 'The file is not there any more');
  });
  reply.header('cache-control', 'no-store').header('accept-ranges', 'bytes');
  reply.type(types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream');
  reply.header('content-disposition', `attachment; filename="${filename}"`);
  const range = byteRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`);
    throw new CrosspointError('http.range', `The file has ${size} bytes`);
  }
  if (range === null)
    return reply.header('content-length', size).send(createReadStream(path, { end: Math.max(0, size - 1) }));
  const { first, last } = range;
  reply.code(206).header('content-range', `bytes ${first}-${last}/${size}`);
  reply.header('content-length', last - first + 1);
  return reply.send(createReadStream(path, { start: first, end: last }));
}
