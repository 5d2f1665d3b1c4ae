import { wayTo } from '../../calls/digit-way.ts';
import type { DigitTerms } from '../../calls/side-terms.ts';
import type { Agreed } from '../../sdp/agreed.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { RtpFigures } from './rtp-probe.ts';
import { failed, ok, type Step } from './step.ts';
import { TEST_DIGITS } from './test-digits.ts';

/** Whether digits go out: as RFC 4733 events among the audio, which `RtpProbe` sends, or here by INFO. */
export async function dtmfStep(dialog: Dialog, terms: DigitTerms, agreed: Agreed): Promise<Step> {
  const { sendTelephoneEvent } = agreed;
  const way = wayTo(terms, agreed);
  if (way === 'info') return await byInfo(dialog);
  if (sendTelephoneEvent) {
    const { payloadType, clockRate } = sendTelephoneEvent;
    return ok('dtmf', `${TEST_DIGITS} sent as RFC 4733 events (payload type ${payloadType}, ${clockRate} Hz)`);
  }
  if (way === 'inband') return ok('dtmf', 'digits go as tones in the audio (not tried)');
  return failed(
    'dtmf',
    ['the peer has no telephone-event: digits cannot be sent as RFC 4733 events'],
    ['switch RFC 2833/4733 on at the peer, or set dtmf.send: auto on this trunk'],
  );
}

/** The same with what has come back once the call is over. */
export function withDigitsBack(step: Step, { digits, echoed }: RtpFigures): Step {
  if (step.verdict !== 'ok') return step;
  if (digits !== '') return { ...step, saw: [...step.saw, `${digits} came back`] };
  // Of somebody who echoes nothing at all this would say nothing.
  return echoed === 0 ? step : { ...step, saw: [...step.saw, 'none came back: this echo is of audio alone'] };
}

async function byInfo(dialog: Dialog): Promise<Step> {
  for (const digit of TEST_DIGITS) {
    const body = Buffer.from(`Signal=${digit}\r\nDuration=160\r\n`);
    const { status } = await dialog.request('INFO', { body, contentType: 'application/dtmf-relay' });
    if (status !== null && status >= 200 && status <= 299) continue;
    return failed(
      'dtmf',
      [`INFO with the digit ${digit}: ${status ?? 'no answer'}`],
      ['the peer takes no digits by INFO: set dtmf.send: rfc4733 on this trunk'],
    );
  }
  return ok('dtmf', `${TEST_DIGITS} sent by INFO, and taken`);
}
