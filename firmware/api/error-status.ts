import type { CrosspointError } from '../base/errors.ts';

/**
 * HTTP statuses of failures, by their code. What is not listed is ours: 503 when trying again can help, else 500.
 */
const statuses: Readonly<Record<string, number>> = {
  'http.bad-request': 400,
  'http.idempotency-mismatch': 422,
  'http.idempotency-cut-off': 409,
  'http.range': 416,
  'http.credential': 403,
  'http.operator-credential': 401,
  'http.not-implemented': 501,
  'http.not-ready': 503,
  'http.overloaded': 503,
  'session.unknown': 404,
  'session.connection-unknown': 404,
  'session.stream-unknown': 404,
  'session.not-routed': 409,
  'session.recording-unknown': 404,
  'session.recording-running': 409,
  'session.empty': 409,
  'media.recording-directory': 503,
  'media.too-many-recordings': 429,
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
  'store.closed': 503,
};

export function statusOf(error: CrosspointError): number {
  return statuses[error.code] ?? (error.retriable ? 503 : 500);
}
