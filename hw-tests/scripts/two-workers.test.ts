import { Voice } from '@vonage/voice';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

/** Calls of a tenant's scripts begin on whichever worker has least to do; a session lies on one of them. */
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const application = new ApplicationKeys();
/** Of a phone that agrees with every re-INVITE: it has nothing to say in its headers. */
const keys = { ringing: 'X-None: 0', answering: 'X-None: 0', refreshing: 'X-None: 0' };
const rig = new Rig({
  needs: ['own'],
  box: {
    vonage: { applicationId, publicKeyFile: application.publicKeyFile },
    config: { media: { host: '127.0.0.1', workers: 2 } },
  },
});
test.after(() => application.close());

async function hearsAll(phone: Phone, frequencies: readonly number[]): Promise<void> {
  await until(
    `${frequencies} Hz`,
    async () => {
      const heard = await phone.media.listen(1);
      return frequencies.every(frequency => heard.atLeast(frequency) > -25);
    },
    { limitMs: 20_000 },
  );
}

rig.test('calls that begin on different workers meet in one session, and everybody hears everybody', async () => {
  const video = rig.box.application;
  const session = await video.createSession();
  const first = await startPhone(rig, { frequencyHz: 400 });
  await video.dial(session, first.uri);
  await first.sip.logged('ANSWERED');
  // Its worker has something to do, and is known to: what scripts lead begins on the other one.
  await first.media.listen(4);
  const voice = new Voice({ applicationId, privateKey: application.privateKey }, { apiHost: rig.box.facts.http });
  const tones = [700, 1100, 1500];
  const phones: Phone[] = [];
  const moved = () => phones.filter(({ sip }) => sip.log.includes('REFRESHED INVITE')).length;
  for (const frequencyHz of tones) {
    const phone = await startPhone(rig, { frequencyHz, scenario: 'answer-with', keys });
    const ncco = [{ action: 'conversation', name: session }];
    const request = { to: [{ type: 'sip', uri: phone.uri }], from: { type: 'phone', number: '442071234567' }, ncco };
    await voice.createOutboundCall(request as never);
    phones.push(phone);
    await hearsAll(phone, [400]);
  }
  assert.is(moved(), tones.length, 'they were asked to send elsewhere');
  const all = [400, ...tones];
  for (const [index, phone] of [first, ...phones].entries()) {
    const others = all.filter((_, at) => at !== index);
    await hearsAll(phone, others);
    hearsExactly(await phone.media.listen(1), others, all[index] ?? 0, -25);
  }
});

rig.run();
