import * as assert from 'uvu/assert';
import { send } from '../rig/application.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const OTHER = { apiKey: '46000002', apiSecret: 'the-secret-of-another' };

const rig = new Rig({
  needs: ['own'],
  box: {
    moreProjects: [{ opentok: OTHER }],
    config: {
      sip: { strangers: 'refuse' },
      builtinNumbers: { allowFrom: [] },
      trunks: [
        {
          name: 'carrier',
          // 127.0.0.4 to 127.0.0.7.
          sources: ['127.0.0.4/30'],
          numbers: { in: { country: '44' } },
          limits: { calls: 2, callsPerSecond: 1000 },
          codecs: ['PCMA'],
        },
        { name: 'fast', sources: ['127.0.0.9'], limits: { calls: 100, callsPerSecond: 2 } },
      ],
      numbers: [
        { number: '+442071234567', to: { builtin: 'echo' } },
        { prefix: '+44208', project: OTHER.apiKey, to: { session: '2_bm90aGVyZQ' } },
        { number: '300', project: OTHER.apiKey, to: { reject: 486 } },
        { number: '300', trunk: 'fast', to: { builtin: 'echo' } },
      ],
    },
  },
});

interface Refused {
  readonly status: number;
  /** The final answer as it came. */
  readonly text: string;
}

/** One INVITE by hand; `from` is the address it comes from. */
async function invite(number: string, from: string, offer = true): Promise<Refused> {
  const raw = rig.keep(await RawSip.open(rig.box.sipAddress, from));
  const request = raw.request('INVITE', number, offer ? { body: raw.offer(4000) } : {});
  raw.send(request);
  const text = await until(`an answer to ${number} from ${from}`, () => raw.answers()[0]);
  return { status: Number(text.split(' ')[1]), text };
}

const caller = async (number: string, host: string, keys: Record<string, string | number> = {}) =>
  rig.keep(
    await Sipp.start({
      scenario: 'call-with',
      remote: rig.box.sipAddress,
      host,
      user: number,
      keys: {
        payload_type: 8,
        rtpmap: 'PCMA/8000',
        hold_ms: 2_000,
        lines: 'X-Test: 1',
        refreshing: 'X-Test: 1',
        ...keys,
      },
    }),
  );

async function trunk(name: string) {
  const { body } = await send(`${rig.box.facts.http}/device/trunks/${name}`, 'GET', {
    headers: { authorization: `Bearer ${rig.box.facts.operatorToken}` },
  });
  return body as { calls: { in: number }; refused: Record<string, number> };
}

rig.test('a range of addresses begins and ends where it says, and everybody else gets 403 and no call', async () => {
  for (const inside of ['127.0.0.4', '127.0.0.7'])
    assert.is((await invite('12345', inside)).status, 404, `${inside} is the trunk`);
  for (const outside of ['127.0.0.3', '127.0.0.8', '127.0.0.10', '127.0.0.1'])
    assert.is((await invite('+442071234567', outside)).status, 403, `${outside} is nobody`);
  assert.equal(await rig.box.calls(), []);
});

for (const [what, number, status, why, owner, cause] of [
  ['without a route', '12345', 404, /No such number/, 'device', 'unknown-number'],
  ['that lacks digits', '+4420', 484, /Digits are missing/, 'device', 'incomplete-number'],
  ['that is to be refused', '300', 486, /refused/, OTHER.apiKey, 'by-route'],
  ['whose session is not there', '02081234567', 404, /session/i, OTHER.apiKey, 'no-session'],
  ['with a codec that the trunk has not', '+442071234567', 488, /codec/i, 'device', 'not-acceptable'],
] as const) {
  rig.test(`a number ${what} is refused with ${status}, and the caller, an event and the trunk say why`, async () => {
    const operator = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
    const before = (await trunk('carrier')).refused[`incoming.${cause}`] ?? 0;
    const { status: got, text } = await invite(number, '127.0.0.5');
    assert.is(got, status, text);
    assert.match(text, /^Reason: .*cause=/m);
    assert.match(text, /^Warning: 3\d\d /m);
    assert.match(text, why);
    const { topic, payload } = await operator.find('the end', ({ payload }) => payload.event === 'callDestroyed');
    assert.match(topic, `/project/${owner}/call/`);
    const reason = payload.reason as { code: string; message: string; endedBy: string };
    assert.equal([reason.code, reason.endedBy], [String(status), 'box']);
    assert.match(reason.message, why);
    assert.is((await trunk('carrier')).refused[`incoming.${cause}`], before + 1);
  });
}

rig.test('a full trunk says 503 and when to come again, and each place comes back', async () => {
  for (let round = 0; round < 2; round++) {
    const both = [await caller('+442071234567', '127.0.0.5'), await caller('02071234567', '127.0.0.6')];
    for (const phone of both) await phone.logged('MEDIA');
    assert.is((await trunk('carrier')).calls.in, 2);
    const { status, text } = await invite('00442071234567', '127.0.0.7');
    assert.is(status, 503);
    assert.match(text, /^Retry-After: 10/m);
    assert.match(text, /trunk carrier has its 2 calls/);
    for (const phone of both) await phone.succeeded();
    await rig.box.idle();
    assert.is((await trunk('carrier')).calls.in, 0);
  }
  // A refused call never had a place.
  for (let n = 0; n < 5; n++) await invite('+442071234567', '127.0.0.5');
  assert.is((await trunk('carrier')).calls.in, 0);
});

rig.test('more calls a second than a trunk may send are refused as just that, whatever number they call', async () => {
  const phone = rig.keep(
    await Sipp.start({
      scenario: 'call',
      remote: rig.box.sipAddress,
      host: '127.0.0.9',
      user: '300',
      calls: 6,
      rate: 100,
      keys: { hold_ms: 300 },
    }),
  );
  const refusals = await until('four refusals', () => {
    const found = phone.messages().filter(({ sent, text }) => !sent && text.startsWith('SIP/2.0 503 '));
    return found.length >= 4 && found;
  });
  const ended = () => phone.log.filter(line => line.startsWith('ENDED')).length;
  await until('two to have been taken', () => ended() === 2, { state: ended });
  await rig.box.idle();
  for (const { text } of refusals) {
    assert.match(text, /^Retry-After: 1\r?$/m);
    assert.match(text, /2 new calls a second/);
  }
  assert.is((await trunk('fast')).refused['incoming.too-fast'], 4);
});

rig.test('X- headers of a caller are kept with the call, and no others', async () => {
  const lines = ['X-Ticket: 4711', 'x-Queue: night; "x"', 'P-Charging-Vector: a', 'X-Empty:'].join('\n      ');
  const phone = await caller('+442071234567', '127.0.0.5', { lines });
  await phone.logged('MEDIA');
  const [call] = await rig.box.calls();
  assert.equal(
    call?.headers.filter(({ name }) => name !== 'X-Empty'),
    [
      { name: 'X-Ticket', value: '4711' },
      { name: 'x-Queue', value: 'night; "x"' },
    ],
  );
  await phone.succeeded();
  await rig.box.idle();
});

rig.test('of a flood of a stranger few are answered, nothing stays, and the trunk is served meanwhile', async () => {
  const stranger = rig.keep(await RawSip.open(rig.box.sipAddress, '127.0.0.66'));
  const phone = await caller('+442071234567', '127.0.0.5');
  const before = rig.own.figures();
  for (let n = 0; n < 5_000; n++) {
    stranger.send(stranger.request('INVITE', '+442071234567', { body: stranger.offer(4000) }));
    if (n % 100 === 99) await new Promise(soon => setTimeout(soon, 2));
  }
  assert.is((await invite('12345', '127.0.0.5')).status, 404);
  assert.ok(stranger.received.length > 0 && stranger.received.length < 400, `${stranger.received.length} answers`);
  assert.ok(stranger.received.every(text => text.startsWith('SIP/2.0 403 ')));
  await phone.succeeded();
  await rig.box.idle();
  const after = rig.own.figures();
  assert.ok(after.openFiles <= before.openFiles + 2, `open files ${before.openFiles} → ${after.openFiles}`);
  assert.ok(after.residentKb < before.residentKb + 30_000, `memory ${before.residentKb} → ${after.residentKb} KB`);
});

rig.run();
