import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

/** Callers come into a session by PIN, with no application anywhere. */
const SILENCE_DBOV = -45;

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      tellDigits: true,
      trunks: [{ name: 'carrier', sources: ['127.0.0.1'] }],
      numbers: [{ number: '+442071234567', to: { pins: true } }],
    },
  },
});

/** A phone that calls the number and has heard the prompt out. */
async function callIn(frequencyHz: number): Promise<Phone> {
  const phone = await callBox(rig, rig.box, '442071234567', { frequencyHz });
  await promptOver(phone);
  return phone;
}

async function promptOver({ media }: Phone): Promise<void> {
  let spoke = false;
  for (;;) {
    const isLoud = (await media.listen(1)).loudest() > SILENCE_DBOV;
    if (spoke && !isLoud) return;
    spoke ||= isLoud;
  }
}

rig.test('two callers enter the PIN and talk with the session; what they pressed is nowhere', async () => {
  const session = await rig.box.application.createSession();
  const inSession = await startPhone(rig, { frequencyHz: 400 });
  await rig.box.application.dial(session, inSession.uri);
  const issued = await rig.box.asOperator('POST', '/device/pins', {
    project: rig.box.facts.project.apiKey,
    sessionId: session,
    pin: '907153',
  });
  assert.is(issued.status, 201, issued.text);
  const one = await callIn(700);
  one.media.press('907153');
  const two = await callIn(1100);
  two.media.press('907153#');
  await until('all are in', async () => (await rig.box.application.streams(session)).length === 3, {
    state: () => rig.box.application.streams(session),
  });
  const [atSession, atOne, atTwo] = await Promise.all([inSession, one, two].map(({ media }) => media.listen(2)));
  hearsExactly(atSession!, [700, 1100], 400);
  hearsExactly(atOne!, [400, 1100], 700);
  hearsExactly(atTwo!, [400, 700], 1100);
  const calls = await rig.box.calls();
  for (const { digits } of calls.filter(({ direction }) => direction === 'inbound'))
    assert.equal([...new Set(digits.map(({ digit }) => digit))], [null]);
  assert.not(rig.own.log().includes('907153'));
  assert.is((await rig.box.asOperator('GET', '/device/pins')).body.count, 1);
});

rig.test('who does not know it is asked three times and hung up', async () => {
  const phone = await callIn(700);
  for (const guess of ['000000', '000001']) {
    phone.media.press(guess);
    await promptOver(phone);
  }
  phone.media.press('000002');
  await phone.sip.ended();
});

rig.run();
