import type { CrosspointError } from '../base/errors.ts';

/**
 * HTTP statuses of failures, by their code. What is not listed is ours: 503 when trying again can help, else 500.
 */
export const statuses: Readonly<Record<string, number>> = {
  'http.bad-request': 400,
  'http.idempotency-mismatch': 422,
  'http.idempotency-cut-off': 409,
  'http.range': 416,
  'http.link-refused': 403,
  'http.credential': 403,
  'http.application-credential': 401,
  'http.acl': 403,
  'http.token-missing': 401,
  'http.token-refused': 401,
  'http.method': 405,
  'http.not-acceptable': 406,
  'http.precondition-failed': 412,
  'http.media-type': 415,
  'http.precondition-required': 428,
  'http.too-many-requests': 429,
  'http.operator-credential': 401,
  'http.needs-tls': 426,
  'http.not-implemented': 501,
  'http.not-ready': 503,
  'http.overloaded': 503,
  'session.unknown': 404,
  'session.connection-unknown': 404,
  'session.stream-unknown': 404,
  'session.client-unknown': 403,
  'session.may-not-publish': 403,
  'session.may-not-moderate': 403,
  'session.stream-of-phone': 409,
  'session.too-many-streams': 429,
  'session.signal-too-large': 413,
  'session.bad-request': 400,
  'session.not-routed': 409,
  'session.not-empty': 409,
  'session.recording-unknown': 404,
  'session.recording-running': 409,
  'session.empty': 409,
  'session.no-clients': 404,
  'session.archive-unknown': 404,
  'session.archive-running': 409,
  'session.archive-not-running': 409,
  'session.archive-auto': 405,
  'session.archive-streams': 400,
  'session.callback-unknown': 404,
  'session.too-many-callbacks': 429,
  'media.recording-directory': 503,
  'media.too-many-recordings': 429,
  'session.peer-unknown': 404,
  'session.peer-closed': 404,
  'session.peer-foreign': 403,
  'session.may-not-subscribe': 403,
  'session.too-many-peers': 429,
  // RFC 9725 §4.2, §4.4.2: 400 for what is no SDP, 406 for media that we have not, 422 for what else cannot be done.
  'sdp.malformed': 400,
  'sdp.too-large': 400,
  'sdp.no-media': 406,
  'sdp.no-common-codec': 406,
  'sdp.direction': 422,
  'sdp.not-bundled': 422,
  'sdp.no-rtcp-mux': 422,
  'sdp.no-ice': 422,
  'sdp.no-fingerprint': 422,
  'sdp.setup-passive': 422,
  'sdp.protocol-unsupported': 422,
  'session.too-many': 429,
  'session.full': 429,
  'session.token-invalid': 400,
  'session.token-expired': 400,
  'session.token-foreign': 403,
  'call.unknown': 404,
  'call.not-active': 400,
  'call.change-refused': 409,
  'call.bridged': 409,
  'call.no-session': 409,
  'call.bad-uri': 400,
  // Not 403: the SDK takes that for a wrong secret and keeps the rule from its caller (CONTRACT §1.4).
  'policy.emergency': 422,
  'policy.prefix-denied': 422,
  'policy.prefix-not-allowed': 422,
  'policy.domain-denied': 422,
  'policy.domain-not-allowed': 422,
  'policy.calls': 429,
  'policy.rate': 429,
  'config.invalid': 422,
  'config.no-file': 409,
  'config.not-written': 500,
  'trunk.unknown': 404,
  'trunk.not-named': 400,
  'trunk.none-for-numbers': 422,
  'trunk.too-many-calls': 429,
  'trunk.too-many-calls-per-second': 429,
  'call.too-many': 429,
  'call.too-many-digits': 429,
  'sip.malformed': 400,
  'sip.bad-uri': 400,
  'sip.reserved-header': 400,
  'sip.target-not-allowed': 400,
  'sip.transport-unsupported': 400,
  'media.no-telephone-event': 400,
  'media.no-tones': 400,
  'media.file-unknown': 404,
  'media.player-unknown': 404,
  'media.file-refused': 422,
  'media.file-undecodable': 422,
  'media.not-mixed': 409,
  'media.too-many-players': 429,
  // CONTRACT §0: overload is 503, where the ceilings of a project are 429.
  'media.overloaded': 503,
  'media.no-port': 503,
  'media.no-ice': 503,
  'media.port-in-use': 503,
  'media.worker-busy': 503,
  'media.worker-late': 503,
  'call.memory-low': 503,
  'store.disk-full': 503,
  'store.closed': 503,
};

export function statusOf(error: CrosspointError): number {
  return statuses[error.code] ?? (error.retriable ? 503 : 500);
}

/** Of those whose sentence is about calls that there are: one of them must end first. */
const CEILINGS: ReadonlySet<string> = new Set([
  'call.too-many',
  'policy.calls',
  'trunk.too-many-calls',
  'session.full',
]);
const CEILING_S = 10;
const SOON_S = 1;

/** The seconds of Retry-After; null where trying again is of no use. */
export function retryAfterOf(error: CrosspointError): number | null {
  if (error.retryAfterS !== null) return error.retryAfterS;
  const status = statusOf(error);
  if (status !== 503 && status !== 429) return null;
  return CEILINGS.has(error.code) ? CEILING_S : SOON_S;
}
