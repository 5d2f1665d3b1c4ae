import type { SipResponse } from '../../message/message.ts';

/** What a provisional response is in the order of its dialog. */
export type Reliability =
  | { readonly kind: 'plain' }
  /** The next one in order: to be told and to be acknowledged by PRACK. */
  | { readonly kind: 'next'; readonly rseq: number }
  | { readonly kind: 'repeat'; readonly rseq: number }
  /** One before it is missing: not acknowledged, so that it comes again after that. */
  | { readonly kind: 'early' };

const MAX_RSEQ = 2 ** 32 - 1;

/** RFC 3262 §4: the reliable provisional responses of one early dialog, in their order. */
export class ReliableOrder {
  #last: number | null = null;

  judge(response: SipResponse): Reliability {
    const rseq = rseqOf(response);
    if (rseq === null) return { kind: 'plain' };
    if (this.#last === null || rseq === this.#last + 1) {
      this.#last = rseq;
      return { kind: 'next', rseq };
    }
    return rseq <= this.#last ? { kind: 'repeat', rseq } : { kind: 'early' };
  }
}

/** RSeq of a response that asks for PRACK; null of every other one, a broken RSeq among them. */
export function rseqOf(response: SipResponse): number | null {
  const { headers, status } = response;
  const text = headers.get('RSeq')?.trim();
  if (status === 100 || text === undefined || !/^\d{1,10}$/.test(text)) return null;
  if (!headers.getAll('Require').some(tag => tag.toLowerCase() === '100rel')) return null;
  const rseq = Number(text);
  return rseq >= 1 && rseq <= MAX_RSEQ ? rseq : null;
}
