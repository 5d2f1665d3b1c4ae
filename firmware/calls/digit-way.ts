import type { Agreed } from '../sdp/agreed.ts';
import type { DigitTerms, DigitWay } from './side-terms.ts';

/** Codecs that keep a waveform well enough for a tone detector; of the others only speech comes out. */
const CARRY_TONES = new Set(['PCMU', 'PCMA', 'G722', 'L16', 'OPUS']);

/** The way in which digits go to a far end with which that is agreed. */
export function wayTo({ send }: DigitTerms, agreed: Agreed | null): DigitWay {
  if (send !== 'auto') return send;
  if (!agreed || agreed.sendTelephoneEvent) return 'rfc4733';
  return CARRY_TONES.has(agreed.send.name.toUpperCase()) && agreed.send.implementation !== 'relay' ? 'inband' : 'info';
}

/** Whether the audio of a far end has to be decoded for its digits. */
export function listensForTones({ accept, removeInband }: DigitTerms): boolean {
  return accept.includes('inband') || removeInband;
}
