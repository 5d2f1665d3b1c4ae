import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { send } from '../rig/application.ts';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { TutorialServer } from './tutorial-server.ts';

/** The vendor's tutorial, against a box that is both of its APIs: the program knows nothing of the box but a URL. */
const NUMBER = '442071234567';
const VOICE = { apiKey: 'abcd1234', apiSecret: 'voice-secret-of-the-test' };
const [VIDEO_HZ, ONE_HZ, TWO_HZ] = [400, 700, 1100];
/** Of the prompt no more than this is left. */
const SILENCE_DBOV = -45;

const keys = new ApplicationKeys();
const server = await TutorialServer.open();
const rig = new Rig({
  needs: ['own'],
  box: {
    vonage: {
      applicationId: '78d335fa-323d-4114-9c3d-d6f0d48968cf',
      publicKeyFile: keys.publicKeyFile,
      ...VOICE,
      numbers: [
        {
          msisdn: NUMBER,
          answerUrl: `${server.url}/voice-answer`,
          answerMethod: 'POST',
          eventUrl: `${server.url}/voice-events`,
          eventMethod: 'GET',
        },
      ],
    },
    config: { domains: ['sip.nexmo.com'], trunks: [{ name: 'carrier', sources: ['127.0.0.1'] }] },
  },
});
test.before(() =>
  server.use({
    videoUrl: rig.box.facts.http,
    video: rig.box.facts.project,
    voice: VOICE,
    conferenceNumber: NUMBER,
  }),
);
test.after(async () => {
  await server.close();
  keys.close();
});

async function ask(path: string): Promise<Record<string, string>> {
  const { status, body, text } = await send(`${server.url}${path}`);
  assert.is(status, 200, `${path}: ${text}`);
  return body as Record<string, string>;
}

const told = (path: string) => server.told.filter(each => each.path === path).map(({ fields }) => fields);
const statuses = () => told('/voice-events').map(({ status }) => status);

/** A phone that calls the number and has heard the prompt out. */
async function callIn(frequencyHz: number): Promise<Phone> {
  const before = told('/voice-answer').length;
  const phone = await callBox(rig, rig.box, NUMBER, { frequencyHz });
  await until('it is asked for', () => told('/voice-answer').length > before, { state: () => server.told });
  let spoke = false;
  for (;;) {
    const isLoud = (await phone.media.listen(1)).loudest() > SILENCE_DBOV;
    if (spoke && !isLoud) return phone;
    spoke ||= isLoud;
  }
}

async function enterPin(phone: Phone, pin: string): Promise<void> {
  const before = told('/voice-dtmf').length;
  phone.media.press(pin);
  const { dtmf } = await until('the PIN to come', () => told('/voice-dtmf')[before], { state: () => server.told });
  assert.is(dtmf, pin);
}

rig.test('callers with the PIN and a video session hear each other, one with a wrong PIN is hung up', async () => {
  const { sessionId = '', pin = '' } = await ask('/room/blue');
  const inSession = await startPhone(rig, { frequencyHz: VIDEO_HZ });
  await rig.box.application.dial(sessionId, inSession.uri);

  const { connectionId = '' } = await ask('/dial-out?roomId=blue');
  await until('it is answered', async () => (await rig.box.callOf(connectionId))?.state === 'ACTIVE', {
    state: () => rig.box.calls(),
  });
  const [answer] = told('/voice-answer');
  assert.equal([answer?.['SipHeader_X-OpenTok-SessionId'], answer?.to], [sessionId, NUMBER]);

  const one = await callIn(ONE_HZ);
  await enterPin(one, pin);
  const two = await callIn(TWO_HZ);
  await enterPin(two, pin);
  await until('all are in', async () => (await rig.box.application.streams(sessionId)).length >= 4, {
    state: () => rig.box.application.streams(sessionId),
  });
  const [atSession, atOne, atTwo] = await Promise.all([inSession, one, two].map(({ media }) => media.listen(2)));
  hearsExactly(atSession!, [ONE_HZ, TWO_HZ], VIDEO_HZ);
  hearsExactly(atOne!, [VIDEO_HZ, TWO_HZ], ONE_HZ);
  hearsExactly(atTwo!, [VIDEO_HZ, ONE_HZ], TWO_HZ);

  const wrong = await callIn(1500);
  await enterPin(wrong, pin === '1234' ? '4321' : '1234');
  await wrong.sip.ended();
  hearsNothingOf(await one.media.listen(1), 1500);

  assert.is((await send(`${server.url}/hang-up?roomId=blue`)).status, 200);
  await until('the call out to be over', async () => (await rig.box.callOf(connectionId)) === undefined);
  hearsExactly(await one.media.listen(1), [VIDEO_HZ, TWO_HZ], ONE_HZ);
  await until('its end to be told', () => statuses().filter(status => status === 'completed').length >= 2, {
    state: statuses,
  });
});

rig.test('without the account no call comes to the number by its domain', async () => {
  const session = await rig.box.application.createSession();
  const before = told('/voice-answer').length;
  const outcome = async (options: Record<string, unknown>) => {
    const { connectionId } = await rig.box.application.dial(session, `sip:${NUMBER}@sip.nexmo.com`, options);
    await until('it is over', async () => (await rig.box.callOf(connectionId)) === undefined);
  };
  await outcome({});
  await outcome({ auth: { username: VOICE.apiKey, password: 'wrong' } });
  assert.is(told('/voice-answer').length, before);
});

rig.run();
