import * as assert from 'uvu/assert';
import type { Capacity } from '../../firmware/admission/capacity.ts';
import { send } from '../rig/application.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const [PBX, CARRIER] = ['127.0.0.2', '127.0.0.3'];
const carrierPort = await freePort(CARRIER);
const NUMBER = '+442070000001';
/** Of a core: more than a few calls take on a machine that is busy itself, and less than the crowd. */
const BUSY = 0.05;
const CROWD = 180;

const rig = new Rig({
  needs: ['own', 'builtin'],
  box: {
    config: {
      limits: { workerBusy: BUSY, firstRtpSeconds: 60 },
      policy: { emergency: { numbers: ['112'], action: 'allow' } },
      trunks: [
        { name: 'pbx', sources: [PBX] },
        { name: 'carrier', targets: [`sip:${CARRIER}:${carrierPort}`], optionsSeconds: 0 },
      ],
      numbers: [{ number: NUMBER, to: { room: 'lobby' } }],
    },
  },
});

async function capacity(): Promise<Capacity> {
  const { status, body } = await send(`${rig.box.facts.http}/health`);
  assert.is(status, 200, 'a box that is full is well');
  return body.capacity as Capacity;
}

const refusing = (why: Capacity['refusing'], limitMs = 15_000) =>
  until(`refusing to be ${why}`, async () => (await capacity()).refusing === why, {
    limitMs,
    everyMs: 50,
    state: capacity,
  });

/** Callers into a room, who hang up by themselves. */
async function crowd(): Promise<Sipp> {
  return rig.keep(
    await Sipp.start({
      scenario: 'call',
      user: 'room-crowd',
      remote: rig.box.sipAddress,
      calls: CROWD,
      rate: 180,
      limitSeconds: 12,
      keys: { hold_ms: 6_000 },
    }),
  );
}

function dial(session: string, uri: string) {
  const { application } = rig.box;
  return application.request('POST', application.projectPath('dial'), {
    json: { sessionId: session, token: application.token(session), sip: { uri } },
  });
}

/** A call that is refused, and with what. */
async function refusedAt(user: string, host?: string): Promise<string> {
  const phone = await callBox(rig, rig.box, user, {
    frequencyHz: 300,
    scenario: 'call-refused',
    keys: { status: 503 },
    ...(host && { host }),
  });
  await phone.sip.logged('REFUSED');
  return phone.sip.messages().find(({ text }) => text.startsWith('SIP/2.0 503'))?.text ?? '';
}

rig.test(
  'a box that is busy takes no more calls but for help, says so in words, and those that it has stay good',
  async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const [one, two] = [await startPhone(rig, { frequencyHz: 500 }), await startPhone(rig, { frequencyHz: 900 })];
    const placed = [await application.dial(session, one.uri)];
    await one.sip.logged('ANSWERED');
    // What the first call of a worker takes to begin is more than this box is meant to have.
    await refusing(null);
    placed.push(await application.dial(session, two.uri));
    await two.sip.logged('ANSWERED');
    await refusing(null);

    const callers = await crowd();
    await refusing('worker-busy');
    const third = await startPhone(rig, { frequencyHz: 700 });
    const answer = await dial(session, third.uri);
    assert.equal([answer.status, answer.body.error, answer.body.retriable], [503, 'media.worker-busy', true]);
    assert.match(String(answer.body.message), /as many calls as it can mix well/);
    assert.is(answer.headers.get('retry-after'), '5');
    for (const refused of [await refusedAt('tone'), await refusedAt(NUMBER, PBX)]) {
      assert.match(refused, /^Retry-After: 5\r?$/m);
      assert.match(refused, /^Warning: 399 crosspoint "The box has as many calls/m);
      assert.match(refused, /^Reason: SIP;cause=503/m);
    }
    assert.is(third.sip.requests('INVITE').length, 0, 'nobody was called');

    const help = await startPhone(rig, { frequencyHz: 800, host: CARRIER, port: carrierPort });
    const helped = await dial(await application.createSession(), 'sip:112@carrier');
    assert.is(helped.status, 200, helped.text);
    await help.sip.logged('ANSWERED');

    const [atOne, atTwo] = await Promise.all([one.media.listen(1), two.media.listen(1)]);
    hearsExactly(atOne, [900], 500);
    hearsExactly(atTwo, [500], 900);

    // Who came a moment after the others may have been refused as well.
    await callers.ended(60_000);
    await refusing(null);
    assert.is((await dial(session, third.uri)).status, 200);
    await third.sip.logged('ANSWERED');
    const [again] = (await rig.box.calls()).filter(({ to }) => to === third.uri);
    for (const connection of [...placed.map(({ connectionId }) => connectionId), again?.connectionId ?? ''])
      await application.hangUp(session, connection);
    await application.hangUp(String(helped.body.sessionId), String(helped.body.connectionId));
    await rig.box.idle();
  },
);

rig.test('how many calls it could have is known by now, and bounded by its ports or its worker', async () => {
  const { limit, boundBy, calls } = await capacity();
  assert.is(calls, 0);
  assert.ok(limit !== null && limit > 10, `${limit}`);
  assert.ok(boundBy === 'worker' || boundBy === 'ports');
});

rig.test('what was refused is counted', async () => {
  const { text } = await rig.box.asOperator('GET', '/metrics');
  const counted = (name: string) => Number(text.match(new RegExp(`^${name} (\\d+)$`, 'm'))?.[1]);
  assert.ok(counted('crosspoint_admission_refused_total\\{reason="worker-busy"\\}') >= 3);
  assert.ok(counted('crosspoint_calls_refused_total\\{cause="no-room"\\}') >= 1);
});

rig.run();
