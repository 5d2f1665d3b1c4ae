import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Agreed } from './agreed.ts';
import { answerOffer, readAnswer } from './answer.ts';
import { makeOffer, type OurMedia } from './offer.ts';
import { OURS, phone } from './sdp.samples.ts';

const AUDIO = ['m=audio 49170 RTP/AVP 0', 'a=rtcp-mux'];
const APART = { rtp: { host: '192.0.2.9', port: 49170 }, rtcp: { host: '192.0.2.9', port: 49171 } };
const MULTIPLEXED = { rtp: APART.rtp, rtcp: APART.rtp };

function answered(offer: string, ours: Partial<OurMedia> = {}): { answer: string; remote: Agreed['remote'] } {
  const outcome = answerOffer(offer, { ...OURS, ...ours });
  if (outcome.kind === 'refused') throw outcome.refusal;
  return { answer: outcome.answer, remote: outcome.agreed.remote };
}

function remoteBy(offer: string, answer: string): Agreed['remote'] {
  const outcome = readAnswer(offer, answer);
  if (outcome.kind === 'refused') throw outcome.refusal;
  return outcome.agreed.remote;
}

const says = (description: string) => description.includes('a=rtcp-mux\r\n');

test('an offer of RTCP on the RTP port is taken, and not brought up where nobody offers it', () => {
  const { answer, remote } = answered(phone(...AUDIO));
  assert.ok(says(answer));
  assert.equal(remote, MULTIPLEXED);
  const without = answered(phone('m=audio 49170 RTP/AVP 0'));
  assert.not.ok(says(without.answer));
  assert.equal(without.remote, APART);
  assert.not.ok(says(makeOffer(OURS)));
});

test('what the far end writes of a port for RTCP alone is of no account then (RFC 5761 §5.1.1)', () => {
  assert.equal(answered(phone(...AUDIO, 'a=rtcp:53020')).remote, MULTIPLEXED);
});

test('where the policy refuses it, the ports stay two', () => {
  const { answer, remote } = answered(phone(...AUDIO, 'a=rtcp:53020'), { rtcpMux: 'refuse' });
  assert.not.ok(says(answer));
  assert.equal(remote, { rtp: APART.rtp, rtcp: { host: '192.0.2.9', port: 53020 } });
});

test('our own offer of it counts when the answer says so too', () => {
  const offer = makeOffer({ ...OURS, rtcpMux: 'offer' });
  assert.ok(says(offer));
  assert.equal(remoteBy(offer, phone(...AUDIO)), MULTIPLEXED);
  assert.equal(remoteBy(offer, phone('m=audio 49170 RTP/AVP 0')), APART);
  // An answer that was not asked for it has no say.
  assert.equal(remoteBy(makeOffer(OURS), phone(...AUDIO)), APART);
});

test('what was agreed is offered again in the same call', () => {
  const { answer } = answered(phone(...AUDIO));
  assert.ok(says(makeOffer({ ...OURS, previous: answer })));
  const { answer: plain } = answered(phone('m=audio 49170 RTP/AVP 0'));
  assert.not.ok(says(makeOffer({ ...OURS, previous: plain })));
});

test.run();
