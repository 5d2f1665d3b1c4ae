import { STATUS_CODES } from 'node:http';
import type { preSerializationHookHandler } from 'fastify';
import { Type } from 'typebox';
import { ErrorBody } from '../error-body.ts';

/** CONTRACT §3.1: what the vendor's errors have, beside what every error of the box has. */
export const Problem = Type.Object({
  type: Type.String({ description: 'a URI that names the kind' }),
  title: Type.String({ description: 'the HTTP status in words' }),
  detail: Type.String({ description: 'a sentence for people' }),
  ...ErrorBody.properties,
});

export const failures = { '4xx': Problem, '5xx': Problem };

/** Every answer that is not 2xx becomes one. */
export const asProblem: preSerializationHookHandler = async (_request, reply, payload) => {
  if (reply.statusCode < 400 || typeof payload !== 'object' || payload === null) return payload;
  const { error, message } = payload as Partial<ErrorBody>;
  const title = STATUS_CODES[reply.statusCode] ?? 'Error';
  return { type: `urn:crosspoint:error:${error ?? 'http.bad-request'}`, title, detail: message ?? title, ...payload };
};
