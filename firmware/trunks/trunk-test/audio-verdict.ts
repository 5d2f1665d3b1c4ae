import type { RtpFigures } from './rtp-probe.ts';
import { failed, ok, type Step } from './step.ts';

/** Fewer than this of the packets of a few seconds is no conversation. */
const ENOUGH = 0.5;
const NO_ECHO = 'packets both ways, but no echo: whether we are heard there, only an echo service can say (--number)';

/**
 * What came of the audio of a test call.
 * @param told the address in the far end's description
 */
export function audioStep(figures: RtpFigures, told: string): Step {
  const { sent, received, unauthenticated, lost, silent, echoed, from } = figures;
  const saw = [
    `${sent} packets sent to ${told}, ${received} received${from === null ? '' : ` from ${from}`}, ${lost} lost`,
  ];
  if (received === 0)
    return failed('audio', saw, [
      'no audio comes back (one-way audio): the peer sends it to the address in our SDP, which has to reach this box: set media.advertise (or advertise of the trunk) to the public address, and let the ports of media.ports in',
    ]);
  if (unauthenticated > received / 2)
    return failed(
      'audio',
      [...saw, `${unauthenticated} cannot be decrypted`],
      ['the peer does not use the keys that it told: compare media (rtp, srtp, prefer-srtp) of both sides'],
    );
  if (received < sent * ENOUGH || lost > received * (1 - ENOUGH))
    return failed('audio', saw, [
      'much of the audio is lost: measure the line, and look for a second box on our ports',
    ]);
  if (echoed >= received * ENOUGH) return ok('audio', ...saw, 'both ways: our own tone comes back');
  if (silent) return ok('audio', ...saw, NO_ECHO, 'all that came is silence');
  return ok('audio', ...saw, NO_ECHO, 'what came is not our tone');
}
