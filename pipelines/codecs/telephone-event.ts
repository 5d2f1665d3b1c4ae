/** RFC 4733 digits: the events 0–15 are 0–9, *, #, A–D. */
export const TELEPHONE_EVENT = {
  name: 'telephone-event',
  payloadType: 101,
  clockRate: 8000,
  channels: 1,
  fmtp: '0-15',
} as const;

/** One for each clock of the codecs beside it (RFC 4733 §2.1), under a number of its own. */
const NUMBERS: ReadonlyMap<number, number> = new Map([
  [8000, 101],
  [16_000, 109],
  [48_000, 110],
]);

/** What is offered beside codecs of these clock rates, each once, in their order. */
export function telephoneEventsFor(clockRates: readonly number[]) {
  const rates = [...new Set(clockRates)].filter(rate => NUMBERS.has(rate));
  return rates.map(clockRate => ({
    ...TELEPHONE_EVENT,
    clockRate,
    payloadType: NUMBERS.get(clockRate) ?? TELEPHONE_EVENT.payloadType,
  }));
}
