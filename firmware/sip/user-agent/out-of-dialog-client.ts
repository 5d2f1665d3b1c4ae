import { CrosspointError } from '../../base/errors.ts';
import { DigestTries } from '../auth/digest-tries.ts';
import type { Stack } from '../dialog/stack.ts';
import { phraseOf } from '../message/status-phrases.ts';
import { resolveTargets } from '../resolver/resolver.ts';
import type { Hop } from '../transport/hop.ts';
import { sizeOf } from '../transport/large-request.ts';
import { oneTransaction, sendFailure } from './one-transaction.ts';
import type { RequestOptions, RequestOutcome } from './out-of-dialog.ts';
import { OutOfDialogDraft } from './out-of-dialog-draft.ts';

const TIMEOUT_MS = 30_000;
/** What credentials may add to a request. Signing it to see would use up a count of the nonce. */
const AUTHORIZATION_BYTES = 400;

/** Sends a request outside of dialogs (RFC 3261 §8.1) and resolves with how it ended; it never rejects. */
export async function sendOutOfDialog(
  stack: Stack,
  options: RequestOptions,
  agentName: string,
): Promise<RequestOutcome> {
  try {
    const draft = new OutOfDialogDraft(options, agentName);
    const deadline = stack.clock.monotonic() + (options.timeoutMs ?? TIMEOUT_MS);
    const hops = await resolveTargets(options.target, stack.resolver);
    return await new OutOfDialogClient(stack, options, draft).overHops(hops, deadline);
  } catch (error) {
    const { code, message } = sendFailure(options.method, error);
    return { kind: 'failed', code, message, cseq: options.cseq ?? 1 };
  }
}

/**
 * One request over the hops of its target, in turn (RFC 3263 §4.3): on to the next after silence, a 503, or when
 * nothing could be sent. A challenge is answered where it came from. Each sending is a transaction of its own, with
 * the next CSeq: a server that hears us over two hops must not take the second for a merged request (§8.2.2.2).
 */
class OutOfDialogClient {
  readonly #stack: Stack;
  readonly #options: RequestOptions;
  readonly #draft: OutOfDialogDraft;
  readonly #digest: DigestTries;
  #cseq: number;

  constructor(stack: Stack, options: RequestOptions, draft: OutOfDialogDraft) {
    this.#stack = stack;
    this.#options = options;
    this.#draft = draft;
    this.#digest = new DigestTries(options.auth ?? null, options.digestSession);
    this.#cseq = options.cseq ?? 1;
  }

  /** @param deadline monotonic */
  async overHops(hops: readonly Hop[], deadline: number): Promise<RequestOutcome> {
    const { clock, resolver } = this.#stack;
    let last: RequestOutcome | null = null;
    for (const [index, hop] of hops.entries()) {
      const remainingMs = deadline - clock.monotonic();
      if (last && remainingMs <= 0) break;
      if (last) this.#cseq += 1;
      // What is left of the time is shared by the hops that are left.
      const outcome = await this.#overChallenges(hop, remainingMs / (hops.length - index));
      if (isAnswer(outcome)) {
        if (outcome.kind === 'response') resolver.failures.remove(hop);
        return outcome;
      }
      if (blamesHop(outcome)) resolver.failures.add(hop);
      last = last ? moreTelling(last, outcome) : outcome;
    }
    return (
      last ?? this.#failed(new CrosspointError('sip.target-unresolved', 'there is nowhere to send the request to'))
    );
  }

  async #overChallenges(hop: Hop, limitMs: number): Promise<RequestOutcome> {
    const end = this.#stack.clock.monotonic() + limitMs;
    try {
      for (;;) {
        const { sending, request, way, local } = await this.#send(hop, end);
        if (sending.kind === 'failed') return this.#failed(sending.error);
        const { response, roundTripMs } = sending;
        if (!this.#digest.answer(request, response)) {
          const { status, headers, body } = response;
          const reason = response.reason || phraseOf(status);
          return { kind: 'response', status, reason, headers, body, hop: way, local, roundTripMs, cseq: this.#cseq };
        }
        this.#cseq += 1;
      }
    } catch (error) {
      return this.#failed(sendFailure(this.#options.method, error));
    }
  }

  /** Over TCP first when it is too large for a datagram, over UDP after all when TCP cannot be had (§18.1.1). */
  async #send(hop: Hop, end: number) {
    const { clock, transport } = this.#stack;
    const ways = this.#ways(hop);
    for (const [index, way] of ways.entries()) {
      const local = transport.localFor(way, null);
      const request = this.#draft.request(this.#cseq, local);
      this.#digest.sign(request);
      const sending = await oneTransaction(this.#stack, request, way, local, end - clock.monotonic());
      const unsent = sending.kind === 'failed' && sending.error.code === 'sip.send-failed';
      if (!unsent || index === ways.length - 1) return { sending, request, way, local };
      this.#cseq += 1;
    }
    throw new CrosspointError('sip.target-unresolved', 'there is nowhere to send the request to');
  }

  #ways(hop: Hop): readonly Hop[] {
    const { target, auth } = this.#options;
    if (hop.transport !== 'udp' || target.params.has('transport')) return [hop];
    const { transport } = this.#stack;
    const request = this.#draft.request(this.#cseq, transport.localFor(hop, null));
    return transport.forSize(hop, sizeOf(request) + (auth ? AUTHORIZATION_BYTES : 0));
  }

  #failed({ code, message }: CrosspointError): RequestOutcome {
    return { kind: 'failed', code, message, cseq: this.#cseq };
  }
}

/** A 503 says more than the silence of the others. */
function moreTelling(before: RequestOutcome, outcome: RequestOutcome): RequestOutcome {
  const { cseq } = outcome;
  return before.kind === 'response' && outcome.kind === 'failed' ? { ...before, cseq } : outcome;
}

function blamesHop(outcome: RequestOutcome): boolean {
  return outcome.kind === 'response' || outcome.code === 'sip.timeout' || outcome.code === 'sip.send-failed';
}

/** Whether another hop could not say more. */
function isAnswer(outcome: RequestOutcome): boolean {
  if (outcome.kind === 'response') return outcome.status !== 503;
  return outcome.code === 'sip.closed' || outcome.code === 'sip.overloaded';
}
