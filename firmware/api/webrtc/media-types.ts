import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CrosspointError } from '../../base/errors.ts';

export const SDP = 'application/sdp';
/** RFC 8840 §9. */
export const ICE_FRAGMENT = 'application/trickle-ice-sdpfrag';

/** RFC 7396. */
export const MERGE_PATCH = 'application/merge-patch+json';

/** Beside those of the other dialects; anything else is 415, in our words. */
export function addSdpParsers(app: FastifyInstance): void {
  app.addContentTypeParser([SDP, ICE_FRAGMENT], { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser(MERGE_PATCH, { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
  app.addContentTypeParser('*', (_request, _payload, done) => done(unsupported(`${SDP} or ${ICE_FRAGMENT}`)));
}

/** What a merge patch says; undefined: the body is something else. */
export function mergePatchOf(request: FastifyRequest): unknown {
  return typeOf(request) === MERGE_PATCH ? request.body : undefined;
}

/**
 * The body of a request that has to be of that type.
 * @throws CrosspointError http.media-type
 */
export function bodyOf(request: FastifyRequest, type: string): string {
  if (typeOf(request) !== type || typeof request.body !== 'string') throw unsupported(type);
  return request.body;
}

/**
 * An answer in SDP must be of use to who asks.
 * @throws CrosspointError http.not-acceptable
 */
export function checkAccepts({ headers: { accept } }: FastifyRequest): void {
  if (accept === undefined || /(?:^|[\s,])(?:\*\/\*|application\/(?:\*|sdp))(?:$|[\s,;])/i.test(accept)) return;
  throw new CrosspointError('http.not-acceptable', `The answer is ${SDP}, which the request does not accept`);
}

function unsupported(type: string): CrosspointError {
  return new CrosspointError('http.media-type', `The body must be ${type}`);
}

function typeOf({ headers }: FastifyRequest): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase();
}
