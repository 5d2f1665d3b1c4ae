import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox, type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';

const [PBX, CARRIER] = ['127.0.0.2', '127.0.0.3'];
const [first, third] = [await freePort(), await freePort()];

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      trunks: [
        {
          name: 'pbx',
          targets: [`sip:${PBX}:9`],
          sources: ['127.0.0.1'],
          optionsSeconds: 0,
          refer: 'accept',
          replaces: 'accept',
        },
        { name: 'carrier', targets: [`sip:127.0.0.1:${first}`], sources: [CARRIER], optionsSeconds: 0 },
        { name: 'other', targets: [`sip:127.0.0.1:${third}`], sources: ['127.0.0.4'], optionsSeconds: 0 },
      ],
      numbers: [
        { prefix: '+44', to: { forward: ['trunk:carrier'] } },
        { prefix: '+49', to: { forward: ['trunk:other'] } },
      ],
    },
  },
});

const ONE = '+442071234567';
const OTHER = '+493012345678';
const NONE = 'X-None: none';
const callee = (port: number, frequencyHz: number, keys = {}) =>
  startPhone(rig, {
    frequencyHz,
    port,
    scenario: 'answer-with',
    keys: { ringing: NONE, answering: NONE, refreshing: NONE, ...keys },
  });
const caller = (number: string, frequencyHz: number, scenario: string, keys = {}) =>
  callBox(rig, rig.box, number, { frequencyHz, scenario, keys });

async function bothHear(one: Phone, two: Phone): Promise<void> {
  const [atOne, atTwo] = await Promise.all([one.media.listen(1), two.media.listen(1)]);
  hearsExactly(atOne, [two.media.frequencyHz], one.media.frequencyHz);
  hearsExactly(atTwo, [one.media.frequencyHz], two.media.frequencyHz);
}

const news = ({ sip }: Phone) => sip.log.filter(line => line.startsWith('NEWS')).map(line => line.slice(5));

/** How a call is named by Replaces, as the box sees it: our tag is the far end's. */
function named({ sip }: Phone): string {
  const isAnswer = (text: string) => text.startsWith('SIP/2.0 200') && /^CSeq: *1 INVITE/im.test(text);
  const answer = sip.messages().find(({ sent, text }) => !sent && isAnswer(text))?.text ?? '';
  const of = (name: string) => new RegExp(`^${name}:.*;tag=([^;\\s]+)`, 'im').exec(answer)?.[1] ?? '';
  const callId = /^Call-ID: *(\S+)/im.exec(answer)?.[1] ?? '';
  return `${callId};to-tag=${of('To')};from-tag=${of('From')}`;
}

rig.test('a caller that requires 100rel is rung so that it must acknowledge', async () => {
  await callee(first, 1100, { ring_ms: 300 });
  const calling = await caller(ONE, 500, 'call-reliably', { lines: 'Require: 100rel' });
  await calling.sip.logged('PRACKED');
  await calling.sip.logged('MEDIA');
});

rig.test('a blind transfer calls for the one who asks, tells how it goes, and lets it go', async () => {
  const called = await callee(first, 1100);
  const target = await callee(third, 700);
  const calling = await caller(ONE, 500, 'call-and-refer', { refer_to: `sip:${OTHER}@127.0.0.1` });
  await calling.sip.logged('ENDED');
  await calling.sip.succeeded();
  const told = news(calling);
  assert.is(told[0], 'SIP/2.0 100 active');
  assert.is(told.at(-1), 'SIP/2.0 200 terminated');
  await bothHear(called, target);
});

rig.test('an attended transfer joins the far ends of two calls', async () => {
  const called = await callee(first, 1100);
  const consulted = await callee(third, 700);
  const consulting = await caller(OTHER, 900, 'call-with', {
    lines: NONE,
    refreshing: NONE,
    hold_ms: 20_000,
  });
  await consulting.sip.logged('MEDIA');
  await consulted.sip.logged('ANSWERED');
  const refer_to = `sip:${OTHER}@127.0.0.1?Replaces=${encodeURIComponent(named(consulting))}`;
  const calling = await caller(ONE, 500, 'call-and-refer', { refer_to });
  await calling.sip.logged('ENDED');
  assert.is(news(calling).at(-1), 'SIP/2.0 200 terminated');
  await consulting.sip.logged('ENDED');
  await bothHear(called, consulted);
});

rig.test('an INVITE with Replaces takes the place of the call that it names', async () => {
  const called = await callee(first, 1100);
  const keys = { refreshing: NONE, hold_ms: 20_000 };
  const before = await caller(ONE, 500, 'call-with', { lines: NONE, ...keys });
  await called.sip.logged('ANSWERED');
  await before.sip.logged('MEDIA');
  const after = await caller(ONE, 900, 'call-with', {
    lines: `Require: replaces\n      Replaces: ${named(before)}`,
    ...keys,
  });
  await before.sip.logged('ENDED');
  await bothHear(called, after);
});

rig.run();
