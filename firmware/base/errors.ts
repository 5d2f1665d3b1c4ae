/** The layer that noticed a failure; it tells an operator where to look. */
export type Layer =
  | 'config'
  | 'http'
  | 'session'
  | 'call'
  | 'script'
  | 'policy'
  | 'trunk'
  | 'sip'
  | 'sdp'
  | 'media'
  | 'store'
  | 'monitoring';

/**
 * A failure as data: a stable code for programs, a sentence for people.
 *
 * Codes read `layer.what` ("session.unknown", "sip.timeout") and never change their meaning. The sentence must
 * be safe to show to whoever made the request: no secret, no stack.
 */
export class CrosspointError extends Error {
  override readonly name = 'CrosspointError';
  readonly code: string;
  readonly layer: Layer;
  /** Whether the same request can succeed later without being changed. */
  readonly retriable: boolean;
  /** In how many seconds that may be; null: nobody knows. */
  readonly retryAfterS: number | null;

  constructor(
    code: `${Layer}.${string}`,
    message: string,
    options: { retriable?: boolean; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.layer = code.slice(0, code.indexOf('.')) as Layer;
    this.retriable = options.retriable ?? false;
    this.retryAfterS = options.retryAfterS ?? null;
  }
}

export function isCrosspointError(error: unknown): error is CrosspointError {
  return error instanceof CrosspointError;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
