import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';

/** Who may send messages, and who may not; the third is known by no trunk, and may call the built-in numbers. */
const [TALKER, MUTE, PHONE] = ['127.0.0.2', '127.0.0.3', '127.0.0.1'];

const trunk = (name: string, source: string, more = {}) => ({
  name,
  targets: [`sip:${source}:9`],
  sources: [source],
  optionsSeconds: 0,
  ...more,
});

const rig = new Rig({
  needs: ['own'],
  box: { config: { trunks: [trunk('talker', TALKER, { messages: 'accept' }), trunk('mute', MUTE)] } },
});

const HOPS = 'Max-Forwards: 70';
const OFFER = ['v=0', 'o=a 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', 'm=audio 9 RTP/AVP 0', ''];

/** Asks the box, and returns its answer, whose status must be that one. */
async function asked(
  method: string,
  status: number,
  lines: readonly string[] = [],
  host: string | undefined = PHONE,
  body = '',
): Promise<string> {
  const all = lines.some(line => line.startsWith('Max-Forwards')) ? lines : [HOPS, ...lines];
  const keys = { method, status, lines: all.join('\n      '), body: body.split('\n').join('\n      ') };
  const remote = rig.box.sipAddress;
  const peer = rig.keep(await Sipp.start({ scenario: 'ask', host, remote, user: 'tone', keys }));
  await peer.logged('ASKED');
  await peer.succeeded();
  return peer.messages().findLast(({ sent }) => !sent)?.text ?? '';
}

const header = (message: string, name: string) => new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(message)?.[1] ?? '';
const SDP_TYPE = 'Content-Type: application/sdp';

rig.test('OPTIONS says what the box can do', async () => {
  const answer = await asked('OPTIONS', 200, [], TALKER);
  for (const method of 'INVITE ACK CANCEL BYE OPTIONS PRACK UPDATE INFO REFER NOTIFY SUBSCRIBE MESSAGE'.split(' '))
    assert.ok(header(answer, 'Allow').split(', ').includes(method), method);
  assert.match(header(answer, 'Accept'), 'application/sdp');
  for (const tag of ['100rel', 'timer', 'replaces']) assert.match(header(answer, 'Supported'), tag);
});

rig.test('MESSAGE and PUBLISH are taken from a trunk whose policy says so, from another they are not', async () => {
  const text = ['Content-Type: text/plain'];
  const state = ['Event: presence', 'Expires: 60'];
  const [published] = await Promise.all([
    asked('PUBLISH', 200, state, TALKER),
    asked('MESSAGE', 200, text, TALKER, 'hello'),
    asked('PUBLISH', 403, state, MUTE),
    asked('MESSAGE', 403, text, MUTE, 'hello'),
  ]);
  assert.ok(header(published, 'SIP-ETag') !== '' && header(published, 'Expires') !== '');
});

rig.test(
  'a keep-alive is answered, transfers alone can be subscribed to, and what belongs to no call is refused',
  async () => {
    const [dialogs] = await Promise.all([
      asked('SUBSCRIBE', 489, ['Event: dialog', 'Expires: 60'], TALKER),
      asked('NOTIFY', 200, ['Event: keep-alive', 'Subscription-State: active'], TALKER),
      asked('NOTIFY', 481, ['Event: refer', 'Subscription-State: active'], TALKER),
      asked('REFER', 403, ['Refer-To: <sip:a@127.0.0.1>'], TALKER),
      ...['INFO', 'BYE', 'PRACK', 'UPDATE'].map(method => asked(method, 481, [], TALKER)),
    ]);
    assert.is(header(dialogs, 'Allow-Events'), 'refer');
  },
);

rig.test('a method that nobody knows is 501, with those that are known', async () => {
  assert.match(header(await asked('DANCE', 501, [], TALKER), 'Allow'), 'INVITE, ');
});

rig.test('an INVITE that cannot be taken is refused as RFC 3261 says, before anything is begun', async () => {
  const offer = OFFER.join('\n');
  const timer = ['Supported: timer', 'Session-Expires: 30', SDP_TYPE];
  const [extension, interval, body] = await Promise.all([
    asked('INVITE', 420, ['Require: 100rel, dance', SDP_TYPE], PHONE, offer),
    asked('INVITE', 422, timer, PHONE, offer),
    asked('INVITE', 415, ['Content-Type: text/plain'], PHONE, 'hello'),
    asked('INVITE', 483, ['Max-Forwards: 0', SDP_TYPE], PHONE, offer),
    asked('INVITE', 488, [SDP_TYPE], PHONE, offer.replace('AVP 0', 'AVP 96')),
  ]);
  assert.is(header(extension, 'Unsupported'), 'dance');
  assert.is(header(interval, 'Min-SE'), '90');
  assert.match(header(body, 'Accept'), 'application/sdp');
  assert.equal(await rig.box.calls(), []);
});

rig.test('an INVITE that comes over two paths of a fork is one call: 482 for the second', async () => {
  const phone = await callBox(rig, rig.box, 'tone', { frequencyHz: 1000, scenario: 'merged' });
  await phone.sip.logged('MERGED');
  await phone.sip.logged('ENDED');
  await phone.sip.succeeded();
});

rig.test('a caller without an offer gets ours, answers it in its ACK, and hears', async () => {
  const phone = await callBox(rig, rig.box, 'tone', {
    frequencyHz: 1000,
    scenario: 'call-offerless',
    keys: { hold_ms: 2_500 },
  });
  await phone.sip.logged('MEDIA');
  hearsExactly(await phone.media.listen(1), [440], 1000);
  await phone.sip.succeeded();
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
