import type { Quality } from '/client/crosspoint.mjs';

/** What of the box's figures tells a person how good a leg is. */
export function qualityText(quality: Quality | null): string {
  if (!quality) return '';
  const received = part(quality.received);
  const mos = number(part(received.mos).mos);
  const parts = [
    mos === null ? '' : verdict(mos),
    figure('MOS', mos, 1),
    figure('loss', percent(received.lossRatio), 1, ' %'),
    figure('jitter', number(received.jitterMs), 0, ' ms'),
    figure('round trip', number(quality.roundTripMs), 0, ' ms'),
  ];
  return parts.filter(text => text !== '').join(' · ');
}

/** ITU-T G.107 Annex B: satisfied, some dissatisfied, many dissatisfied. */
function verdict(mos: number): string {
  if (mos >= 4) return 'Good sound';
  return mos >= 3.6 ? 'Fair sound' : 'Poor sound';
}

/** A line breaks between figures, not within one. */
function figure(name: string, value: number | null, digits: number, unit = ''): string {
  return value === null ? '' : `${name} ${value.toFixed(digits)}${unit}`.replaceAll(' ', '\u00a0');
}

function part(of: unknown): { readonly [name: string]: unknown } {
  return typeof of === 'object' && of !== null ? { ...of } : {};
}

function percent(ratio: unknown): number | null {
  const value = number(ratio);
  return value === null ? null : value * 100;
}

function number(of: unknown): number | null {
  return typeof of === 'number' ? of : null;
}
