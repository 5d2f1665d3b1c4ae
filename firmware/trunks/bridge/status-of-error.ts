import { isCrosspointError } from '../../base/errors.ts';

/** The SIP status that tells a failure of ours. */
export function statusOfError(error: unknown): number {
  if (!isCrosspointError(error)) return 500;
  if (error.layer === 'sdp') return 488;
  if (error.code.startsWith('policy.')) return error.retriable ? 503 : 403;
  return error.retriable ? 503 : 500;
}
