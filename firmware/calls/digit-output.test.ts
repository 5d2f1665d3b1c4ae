import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PCMA } from '../../pipelines/codecs/pcma.ts';
import { isCrosspointError } from '../base/errors.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { MediaLeg, SentDigits } from '../media/media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import type { Dialog } from '../sip/dialog/dialog.ts';
import { DigitOutput } from './digit-output.ts';
import { wayTo } from './digit-way.ts';
import { type DigitTerms, USUAL_DIGITS } from './side-terms.ts';

const agreedOn = (name: string, events: boolean, relay = false) =>
  ({
    send: { name, payloadType: 8, clockRate: 8000, sampleRate: 8000, implementation: relay ? 'relay' : 'pcma' },
    ...(events && { sendTelephoneEvent: { payloadType: 101, clockRate: 8000 } }),
  }) as Partial<Agreed> as Agreed;

test('auto is events where they are agreed on, tones where the codec carries them, else INFO', () => {
  const way = (send: DigitTerms['send'], agreed: Agreed | null) => wayTo({ ...USUAL_DIGITS, send }, agreed);
  assert.is(way('auto', agreedOn('G729', true)), 'rfc4733');
  for (const codec of [PCMA.name, 'PCMU', 'G722', 'L16', 'opus'])
    assert.is(way('auto', agreedOn(codec, false)), 'inband');
  for (const codec of ['G729', 'speex', 'iLBC']) assert.is(way('auto', agreedOn(codec, false)), 'info');
  assert.is(way('auto', agreedOn('PCMA', false, true)), 'info');
  for (const send of ['rfc4733', 'info', 'inband'] as const)
    for (const events of [true, false]) assert.is(way(send, agreedOn('PCMA', events)), send);
});

function output(send: DigitTerms['send'], { events = false, status = 200 as number | null } = {}) {
  const clock = new ManualClock();
  const infos: string[] = [];
  const sent: string[] = [];
  const lost: string[] = [];
  const leg = {
    sendDigits: async (digits: string, how?: SentDigits) => {
      sent.push(`${digits} ${how?.way ?? 'rfc4733'} ${how?.digitMs ?? 100}`);
      return { queuedMs: 0 };
    },
  } as Partial<MediaLeg> as MediaLeg;
  const dialog = {
    request: async (_method: string, { body }: { body: Buffer }) => {
      infos.push(`${clock.monotonic()} ${body.toString().replace(/\r\n/g, ' ').trim()}`);
      return { status };
    },
  } as unknown as Dialog;
  const made = new DigitOutput({
    leg,
    dialog: () => dialog,
    agreed: () => agreedOn('PCMA', events),
    terms: () => ({ ...USUAL_DIGITS, send }),
    clock,
    lost: problem => void lost.push(problem),
  });
  return { clock, infos, sent, lost, made, began: clock.monotonic() };
}

test("events and tones are the worker's, with their lengths", async () => {
  const { made, sent } = output('auto');
  await made.send('1p2', { digitMs: 250 });
  assert.equal(sent, ['1p2 inband 250']);
  const events = output('auto', { events: true });
  await events.made.send('7');
  assert.equal(events.sent, ['7 rfc4733 100']);
});

test('INFOs follow on one another as keys would be pressed, p is half a second', async () => {
  const { made, clock, infos, began } = output('info');
  await made.send('1p2');
  await made.send('#', { digitMs: 300 });
  clock.advance(2000);
  const at = (ms: number) => began + ms;
  assert.equal(infos, [
    `${at(0)} Signal=1 Duration=100`,
    `${at(700)} Signal=2 Duration=100`,
    `${at(900)} Signal=# Duration=300`,
  ]);
});

test('an INFO that is refused, or that nobody answers, is told; nothing is sent after the end', async () => {
  for (const status of [415, null]) {
    const { made, lost, clock, infos } = output('info', { status });
    await made.send('12');
    await new Promise(setImmediate);
    assert.match(lost[0] ?? '', status === null ? 'nobody' : '415');
    made.close();
    clock.advance(1000);
    assert.is(infos.length, 1);
  }
});

test('more digits than anybody waits for are refused', async () => {
  const { made } = output('info');
  for (let i = 0; i < 4; i++) await made.send('1'.repeat(64));
  const problem = await made.send('1'.repeat(64)).catch((error: unknown) => error);
  assert.is(isCrosspointError(problem) && problem.code, 'call.too-many-digits');
  made.close();
});

test.run();
