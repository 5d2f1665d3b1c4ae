import { CrosspointError } from '../../base/errors.ts';
import { PrivateAddress } from '../../base/public-lookup.ts';
import type { FetchFailureCode } from '../web.ts';

/** It failed; the sentence holds no URL. */
export function fetchError(code: FetchFailureCode, message: string, cause?: unknown): CrosspointError {
  return new CrosspointError(code, message, { cause });
}

/** There was no whole answer within the time that the box gives it. */
export class TookTooLong extends Error {}

/** What a connection, or what came over it, failed of. */
export function asFetchError(error: unknown): CrosspointError {
  if (error instanceof CrosspointError) return error;
  if (error instanceof TookTooLong) return fetchError('script.fetch-timeout', error.message);
  const code = codeOf(error);
  if (chain(error).some(one => one instanceof PrivateAddress))
    return fetchError('script.fetch-refused', 'The address is private, and allowPrivateTargets is off');
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return fetchError('script.fetch-timeout', 'No connection came about in time', error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return fetchError('script.fetch-too-large', 'The header of the answer is too large', error);
  if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return fetchError('script.not-a-script', 'What came cannot be unpacked', error);
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError'))
    return fetchError('script.fetch-refused', 'What answered does not speak HTTP', error);
  if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE')
    return fetchError('script.fetch-refused', 'The connection broke before the whole answer had come', error);
  return fetchError('script.fetch-refused', `No connection came about (${code || 'unknown'})`, error);
}

/** The error, what it came of, and those of several addresses that were tried. */
function chain(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [error];
  const tried = error instanceof AggregateError ? error.errors : [];
  return [error, ...tried.flatMap(chain), ...(error.cause === undefined ? [] : chain(error.cause))];
}

function codeOf(error: unknown): string {
  for (const one of chain(error)) {
    const { code } = (one ?? {}) as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return '';
}
