import { logError } from './log.ts';

/**
 * Tells a completion handler of what a promise brings, and hands the promise on. With a handler nobody needs to look at the
 * promise: its rejection is not reported as unhandled.
 */
export function completing<Result, Failure = Error>(
  promise: Promise<Result>,
  completion: ((error: Failure | undefined, result?: Result) => void) | undefined,
): Promise<Result> {
  if (completion === undefined) return promise;
  promise.then(
    result => call(() => completion(undefined, result)),
    (error: Failure) => call(() => completion(error)),
  );
  return promise;
}

function call(completion: () => void): void {
  try {
    completion();
  } catch (error) {
    logError('a completion handler failed', error);
  }
}

/** A promise whose failure whoever wants may look at. */
export function quietly<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}
