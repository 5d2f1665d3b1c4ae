import type { Clock } from '../../base/clock.ts';
import type { SipRequest } from '../message/message.ts';
import { type AnswerLimits, AnswerRate } from './answer-rate.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import type { Source } from './hop.ts';
import { statelessAnswer } from './stateless-answer.ts';

export type Passage =
  | { readonly kind: 'admit'; readonly user: string }
  /** `again`: its sender is expected to come back with credentials. */
  | { readonly kind: 'answer'; readonly bytes: Buffer; readonly again: boolean }
  | { readonly kind: 'silence' };

const SILENCE: Passage = { kind: 'silence' };

/** What strangers get: the gatekeeper's word, within what they may make us work, and nothing to remember. */
export class StrangerGate {
  readonly #gatekeeper: Gatekeeper;
  readonly #rate: AnswerRate;

  constructor(gatekeeper: Gatekeeper, clock: Clock, limits: AnswerLimits) {
    this.#gatekeeper = gatekeeper;
    this.#rate = new AnswerRate(clock, limits);
  }

  /** Before a stranger's message is parsed: whether its source has not had its share. */
  opens(source: Source): boolean {
    return this.#rate.take(source);
  }

  /**
   * ACK and CANCEL have no answer that could challenge them (§22.1): what they belong to was never let in.
   * @throws SipParseError when the answer cannot be addressed
   */
  judge(request: SipRequest, source: Source): Passage {
    if (request.method === 'ACK' || request.method === 'CANCEL') return SILENCE;
    const verdict = this.#gatekeeper.admit(request, source);
    if (verdict.kind === 'admit') this.#rate.proved(source);
    if (verdict.kind !== 'answer') return verdict;
    const { status, headers } = verdict;
    return {
      kind: 'answer',
      bytes: statelessAnswer(request, status, headers),
      again: status === 401 || status === 407,
    };
  }
}
