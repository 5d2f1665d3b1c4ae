import type { CrosspointError } from '../base/errors.ts';

/**
 * HTTP statuses of failures, by their code. What is not listed is ours: 503 when trying again can help, else 500.
 */
const statuses: Readonly<Record<string, number>> = {
  'http.bad-request': 400,
  'http.credential': 403,
  'http.operator-credential': 401,
  'http.not-found': 404,
  'http.conflict': 409,
  'http.not-implemented': 501,
  'http.not-ready': 503,
  'session.unknown': 404,
  'session.connection-unknown': 404,
  'session.stream-unknown': 404,
  'session.not-routed': 409,
  'session.too-many': 429,
  'session.full': 429,
  'session.token-invalid': 400,
  'session.token-expired': 400,
  'session.token-foreign': 403,
  'session.token-role': 403,
  'call.unknown': 404,
  'call.not-active': 404,
  'call.too-many': 429,
  'call.target-refused': 403,
  'sip.malformed': 400,
  'sip.bad-uri': 400,
  'media.overloaded': 429,
};

export function statusOf(error: CrosspointError): number {
  return statuses[error.code] ?? (error.retriable ? 503 : 500);
}
