import type { PayloadFormat } from './session-description.ts';

/** The worker takes one more, which is comfort noise. */
export const MAX_CODECS = 11;
/** RFC 3551 §6. */
const FIRST_DYNAMIC = 96;

/**
 * Payload numbers for what we offer, events last: the one of the description before (RFC 3264 §8.3.2 forbids another
 * meaning within a call), else the wanted one, else a free dynamic one. Of two formats alike the first one counts.
 */
export function numberFormats(
  wanted: readonly PayloadFormat[],
  events: readonly PayloadFormat[],
  before: readonly PayloadFormat[],
): PayloadFormat[] {
  const different = wanted.filter((format, at) => wanted.findIndex(each => isAlike(each, format)) === at);
  const taken = new Set(before.map(({ payloadType }) => payloadType));
  return [...different.slice(0, MAX_CODECS), ...events].map(format => {
    const known = before.find(each => isAlike(each, format));
    const payloadType = known?.payloadType ?? freeNumber(format.payloadType, taken);
    taken.add(payloadType);
    return { ...format, payloadType };
  });
}

function isAlike(one: PayloadFormat, other: PayloadFormat): boolean {
  return (
    one.name?.toLowerCase() === other.name?.toLowerCase() &&
    one.clockRate === other.clockRate &&
    one.channels === other.channels &&
    one.fmtp === other.fmtp
  );
}

/** There is one: this description and the one before have 15 formats each at most, and 32 numbers are dynamic. */
function freeNumber(wanted: number, taken: ReadonlySet<number>): number {
  if (!taken.has(wanted)) return wanted;
  let number = FIRST_DYNAMIC;
  while (taken.has(number)) number++;
  return number;
}
