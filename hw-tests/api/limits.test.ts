import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      limits: { callsPerProject: 2, ringSeconds: 2, firstRtpSeconds: 1, inactivitySeconds: 2, callSeconds: 6 },
    },
  },
});

async function answered(frequencyHz: number) {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  return { phone, session, connectionId };
}

const endOf = async (connectionId: string) => (await rig.webhook.story(connectionId, 15_000)).map(briefly).at(-1);

rig.test('a project has no more calls than it may have: 429, and again when one has ended', async () => {
  const { application } = rig.box;
  const [one, two] = [await answered(400), await answered(700)];
  const third = await application.request('POST', application.projectPath('dial'), {
    json: { sessionId: one.session, token: application.token(one.session), sip: { uri: one.phone.uri } },
  });
  assert.is(third.status, 429);
  assert.type(third.body.message, 'string');
  await application.hangUp(one.session, one.connectionId);
  const again = await answered(1000);
  await application.hangUp(again.session, again.connectionId);
  await application.hangUp(two.session, two.connectionId);
});

rig.test('a phone that answers and sends no sound is given up: 704', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  phone.media.talkTo = () => {};
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  assert.is(await endOf(connectionId), 'callDestroyed 704');
  await phone.sip.logged('ENDED');
});

rig.test('a phone whose sound stops is given up: 706', async () => {
  const { phone, connectionId } = await answered(400);
  await until('sound', () => phone.media.sent > 25);
  phone.media.hush();
  assert.is(await endOf(connectionId), 'callDestroyed 706');
  await phone.sip.logged('ENDED');
});

rig.test('a call that lasts too long is ended: 705', async () => {
  const { phone, connectionId } = await answered(400);
  assert.is(await endOf(connectionId), 'callDestroyed 705');
  await phone.sip.logged('ENDED');
});

rig.test('a phone that rings for longer than allowed is given up with CANCEL', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'ring' });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ACKED');
  assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 487');
  await phone.sip.succeeded();
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
