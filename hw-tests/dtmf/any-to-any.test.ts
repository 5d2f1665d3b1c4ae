import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { callBox, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const ways = ['rfc4733', 'info', 'inband'] as const;
type Way = (typeof ways)[number];

const PBX = '127.0.0.2';
const CARRIERS: Record<Way, string> = { rfc4733: '127.0.0.3', info: '127.0.0.4', inband: '127.0.0.5' };
const PREFIXES: Record<Way, string> = { rfc4733: '+44', info: '+33', inband: '+49' };
const ports = { rfc4733: 0, info: 0, inband: 0 };
for (const way of ways) ports[way] = await freePort(CARRIERS[way]);
const pbxPort = await freePort(PBX);

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      tellDigits: true,
      trunks: [
        {
          name: 'pbx',
          targets: [`sip:${PBX}:${pbxPort}`],
          sources: [PBX],
          optionsSeconds: 0,
          dtmf: { accept: ['rfc4733', 'info', 'inband'] },
        },
        ...ways.map(way => ({
          name: `by-${way}`,
          targets: [`sip:${CARRIERS[way]}:${ports[way]}`],
          sources: [CARRIERS[way]],
          optionsSeconds: 0,
          dtmf: { send: way },
        })),
      ],
      numbers: ways.map(way => ({ prefix: PREFIXES[way], trunk: 'pbx', to: { forward: [`trunk:by-${way}`] } })),
    },
  },
});

const LENGTH_MS = 160;

/** How a far end presses keys. */
const press: Record<Way, (phone: SteeredPhone, digit: string) => void> = {
  rfc4733: (phone, digit) => phone.media.press(digit, LENGTH_MS),
  info: (phone, digit) => phone.info(digit),
  inband: (phone, digit) => phone.media.dial(digit, LENGTH_MS),
};

/** What a far end was told, by the packets and requests that came to it: the digits and how long they were. */
function toldOf(phone: SteeredPhone): Record<Way, [string, number][]> {
  const events = new Map(phone.media.events.map(event => [event.timestamp, event]));
  const infos = phone.sip.requests('INFO').map(text => /Signal=(\S)\s+Duration=(\d+)/.exec(text));
  return {
    rfc4733: [...events.values()].map(({ digit, duration }) => [digit, duration / 8]),
    info: infos.map(found => [found?.[1] ?? '?', Number(found?.[2])]),
    inband: phone.media.ear.heard.filter(({ ms }) => ms >= 40).map(({ digit, ms }) => [digit, ms]),
  };
}

for (const out of ways) {
  rig.test(`digits of every kind go out by ${out} alone, each once, with their length, and are told of`, async () => {
    const mqtt = rig.keep(await MqttListener.open(rig.box.facts.mqttUrl));
    const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, host: CARRIERS[out], port: ports[out] });
    const caller = await SteeredPhone.calling(rig, rig.box, `${PREFIXES[out]}2071234567`, {
      frequencyHz: 500,
      host: PBX,
    });
    await called.invited();
    await called.answer();
    await caller.next('ANSWERED');
    await until('sound', () => called.media.received > 50);

    const digits = { rfc4733: '5', info: '#', inband: '8' };
    for (const [index, way] of ways.entries()) {
      press[way](caller, digits[way]);
      await until(`the digit by ${way}`, () => toldOf(called)[out].length === index + 1, {
        state: () => toldOf(called),
      });
    }
    // What else would be on its way has come when a second more is heard.
    await called.media.listen(1);
    const told = toldOf(called);
    assert.equal(
      told[out].map(([digit]) => digit),
      ways.map(way => digits[way]),
    );
    for (const [digit, ms] of told[out]) assert.ok(Math.abs(ms - LENGTH_MS) <= 30, `${digit} lasted ${ms} ms`);
    for (const other of ways) if (other !== out) assert.equal(told[other], [], `nothing by ${other}`);

    const events = mqtt.messages
      .map(({ payload }) => payload as Record<string, unknown>)
      .filter(({ event }) => event === 'callDigit')
      .map(({ side, digit, source }) => `${side} ${digit} ${source}`);
    const wanted = ways.map(way => `first ${digits[way]} ${way}`);
    assert.equal(events, wanted);
    const [call] = await rig.box.calls();
    assert.equal(
      call?.digits.map(({ side, digit, source }) => `${side} ${digit} ${source}`),
      wanted,
    );
    await caller.leave();
    await called.next('ENDED');
    await rig.box.idle();
  });
}

rig.test('a key that a phone tells of in all three ways at once goes on once', async () => {
  const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, host: CARRIERS.info, port: ports.info });
  const caller = await SteeredPhone.calling(rig, rig.box, `${PREFIXES.info}2071234567`, {
    frequencyHz: 500,
    host: PBX,
  });
  await called.invited();
  await called.answer();
  await caller.next('ANSWERED');
  await until('sound', () => called.media.received > 50);
  caller.info('7');
  caller.media.dial('7', LENGTH_MS);
  await until('the tone', () => toldOf(called).info.length > 0);
  caller.media.press('7', LENGTH_MS);
  caller.media.press('3', LENGTH_MS);
  await until('the last digit', () => toldOf(called).info.some(([digit]) => digit === '3'), {
    state: () => toldOf(called),
  });
  assert.equal(
    toldOf(called).info.map(([digit]) => digit),
    ['7', '3'],
  );
  await caller.leave();
  await called.next('ENDED');
  await rig.box.idle();
});

rig.test('digits of an application reach a phone without telephone-event as tones, with their pauses', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'answer-without-digits' });
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await until('sound', () => phone.media.received > 10);
  await application.playDigits(session, connectionId, '1p2#');
  await until('three digits', () => phone.media.ear.digits() === '12#', { state: () => phone.media.ear.heard });
  // The last one is over.
  await phone.media.listen(1);
  assert.equal(phone.media.events, []);
  for (const { digit, ms } of phone.media.ear.heard) assert.ok(ms >= 80 && ms <= 110, `${digit} lasted ${ms} ms`);
  await application.hangUp(session, connectionId);
  await rig.box.idle();
});

rig.test('what a phone in a room presses is told with the way that it came', async () => {
  const phone = await callBox(rig, rig.box, 'room-keys', {
    frequencyHz: 400,
    scenario: 'call',
    keys: { hold_ms: 4_000 },
  });
  await phone.sip.logged('MEDIA');
  phone.media.press('15#');
  await until('three keys', async () => (await rig.box.calls())[0]?.digits.length === 3, {
    state: () => rig.box.calls(),
  });
  const [call] = await rig.box.calls();
  assert.equal(
    call?.digits.map(({ digit, source }) => `${digit} ${source}`),
    ['1 rfc4733', '5 rfc4733', '# rfc4733'],
  );
  await phone.sip.succeeded();
});

rig.run();
