import { isCrosspointError, messageOf } from '../base/errors.ts';
import type { ProjectId } from '../base/ids.ts';
import type { Continuation, Script } from './action.ts';
import type { Leader } from './leader.ts';
import type { Outcome } from './outcome.ts';
import type { Documents } from './ports.ts';
import { BadStatus, type FetchFailureCode, fetchFailures, type WebFailure, type WebTarget } from './web.ts';

/** CONTRACT §3.2, §4.5: once more, and then the fallback in the same way. */
const TRIES = 2;
/** What may be another time, or at another moment. */
const PASSING: ReadonlySet<string> = new Set(['script.fetch-refused', 'script.fetch-timeout', 'script.fetch-status']);

export interface Loaded {
  /** null: the document says nothing, the script goes on. */
  readonly script: Script | null;
  readonly url: string;
}

export interface LoadParts {
  readonly leader: Leader;
  readonly documents: Documents;
  /** Whose script it is: other tenants do not wait for it. */
  readonly project: ProjectId;
  /** A place could not be had; `next` is what is done about it. */
  readonly failed: (failure: WebFailure, next: 'fallback' | 'hang-up') => void;
}

/**
 * Fetches what a continuation leads to, and reads it.
 * @returns null: neither it nor its fallback could be had; `failed` was told why
 */
export async function loadScript(
  parts: LoadParts,
  continuation: Continuation,
  outcome: Outcome,
  fallback: WebTarget | null,
  signal: AbortSignal,
): Promise<Loaded | null> {
  const { leader, failed } = parts;
  if (leader.answer) return { script: leader.answer(continuation, outcome), url: continuation.target.url };
  const first = await load(parts, continuation, outcome, null, signal);
  if ('script' in first) return first;
  failed(first, fallback ? 'fallback' : 'hang-up');
  if (!fallback) return null;
  const second = await load(parts, { ...continuation, target: fallback }, outcome, first, signal);
  if ('script' in second) return second;
  failed(second, 'hang-up');
  return null;
}

async function load(
  { leader, documents, project }: LoadParts,
  continuation: Continuation,
  outcome: Outcome,
  before: WebFailure | null,
  signal: AbortSignal,
): Promise<Loaded | WebFailure> {
  for (let tries = 1; ; tries++) {
    try {
      const document = await documents.fetch(leader.ask(continuation, outcome, before), signal, project);
      return { script: leader.read(document), url: continuation.target.url };
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = failureOf(error, continuation.target);
      if (tries >= TRIES || !mayPass(failure)) return failure;
    }
  }
}

/** A 4xx is as it was meant, but for being asked too often. */
function mayPass({ code, status }: WebFailure): boolean {
  return PASSING.has(code) && (status === null || status === 429 || status >= 500);
}

function failureOf(error: unknown, target: WebTarget): WebFailure {
  const code = isCrosspointError(error) && error.code in fetchFailures ? (error.code as FetchFailureCode) : null;
  return {
    code: code ?? 'script.not-a-script',
    message: messageOf(error),
    status: error instanceof BadStatus ? error.status : null,
    target,
  };
}
