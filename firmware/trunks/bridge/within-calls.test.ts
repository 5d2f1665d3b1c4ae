import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { infoBody } from '../../calls/info-digit.ts';
import { parseDescription } from '../../sdp/parse-description.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import type { DialogRequest } from '../../sip/dialog/dialog-listener.ts';
import { accepted, nextInvite, settled } from '../../sip/user-agent/user-agent.fixture.ts';
import { ALAW, callFrom, changesOf, type Gateway, sdp, until, withGateway } from './bridge.fixture.ts';

const TRUNKS = `
trunks:
  - name: pbx
    targets: ["sip:127.0.0.1:PORT_pbx"]
  - name: carrier
    targets: ["sip:127.0.0.1:PORT_carrier"]
numbers:
  - { prefix: "+44", to: { forward: ["trunk:carrier"] } }
`;

interface Call {
  readonly gateway: Gateway;
  readonly caller: Dialog;
  readonly called: Dialog;
}

/** A call that was answered; both far ends hear what is asked of them. */
async function inCall(run: (call: Call) => Promise<void>, configuration = TRUNKS, answer = ALAW): Promise<void> {
  await withGateway(configuration, async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    const invite = await coming;
    const confirmed = settled(invite);
    const called = invite.accept(answer);
    const { dialog: caller } = await accepted(placed);
    await confirmed;
    if (!called) throw new Error('the INVITE could not be accepted');
    for (const each of [caller, called]) each.listener = { ended: () => {} };
    await run({ gateway, caller, called });
    if (!caller.closed) await caller.bye();
  });
}

const direction = (body: Buffer | undefined) => parseDescription(String(body)).media[0]?.direction;
const states = ({ events }: Gateway) => events.flatMap(event => (event.type === 'callUpdated' ? [event.state] : []));
const aLaw = (way: string, port = 5000) =>
  sdp(`m=audio ${port} RTP/AVP 8 101`, 'a=rtpmap:101 telephone-event/8000', `a=${way}`);

test('a hold goes across, is answered when the other side has answered, and so does its end', () =>
  inCall(async ({ gateway, caller, called }) => {
    const asked = changesOf(called, change => {
      change.accept(aLaw(direction(change.body) === 'sendonly' ? 'recvonly' : 'sendrecv'));
    });
    const held = await caller.change(aLaw('sendonly', 4000));
    assert.is(held.kind === 'accepted' && direction(held.body), 'recvonly');
    assert.is(direction(asked[0]?.body), 'sendonly');
    await until('hold', () => states(gateway).at(-1) === 'ON_HOLD');
    const back = await caller.change(aLaw('sendrecv', 4100));
    assert.is(back.kind === 'accepted' && direction(back.body), 'sendrecv');
    assert.equal(
      asked.map(({ body }) => direction(body)),
      ['sendonly', 'sendrecv'],
    );
    assert.equal(states(gateway).slice(-3), ['ACTIVE', 'ON_HOLD', 'ACTIVE']);
    assert.is(gateway.media.legs[0]?.config.remote?.rtp.port, 4100, 'resumed with a new address');
  }));

test('a hold that the other side refuses is answered all the same', () =>
  inCall(async ({ gateway, caller, called }) => {
    const asked = changesOf(called, change => change.reject(488));
    const held = await caller.change(aLaw('sendonly', 4000));
    assert.is(held.kind === 'accepted' && direction(held.body), 'recvonly');
    assert.is(asked.length, 1);
    assert.is(states(gateway).at(-1), 'ON_HOLD');
    assert.not(called.closed);
  }));

test('a hold by port 0 silences the side and holds the other one', () =>
  inCall(async ({ gateway, caller, called }) => {
    const asked = changesOf(called, change => change.accept(aLaw(direction(change.body) ?? '')));
    const off = await caller.change(sdp('m=audio 0 RTP/AVP 8'));
    assert.is(off.kind === 'accepted' && parseDescription(String(off.body)).media[0]?.port, 0);
    assert.is(direction(asked[0]?.body), 'inactive');
    assert.is(gateway.media.legs[0]?.config.direction, 'inactive');
    assert.is(states(gateway).at(-1), 'ON_HOLD');
    await caller.change(aLaw('sendrecv', 4000));
    assert.is(direction(asked[1]?.body), 'sendrecv');
    assert.is(states(gateway).at(-1), 'ACTIVE');
  }));

test('another address, and a refresh, are nothing to the other side', () =>
  inCall(async ({ gateway, caller, called }) => {
    const asked = changesOf(called, change => change.accept(ALAW));
    const moved = await caller.change(aLaw('sendrecv', 4200));
    assert.is(moved.kind, 'accepted');
    assert.is(gateway.media.legs[0]?.config.remote?.rtp.port, 4200);
    assert.is((await caller.change(aLaw('sendrecv', 4200))).kind, 'accepted');
    assert.is(asked.length, 0);
  }));

test('another codec is agreed on with the other side, and transcoded where that one keeps its own', () =>
  inCall(async ({ gateway, caller, called }) => {
    const asked = changesOf(called, change => change.accept(sdp('m=audio 5000 RTP/AVP 0')));
    assert.is((await caller.change(sdp('m=audio 4000 RTP/AVP 0'))).kind, 'accepted');
    assert.is(asked.length, 1);
    assert.is(gateway.media.legs[0]?.config.hears?.kind, 'leg');
    assert.is(gateway.media.legs[0]?.config.send?.name, 'PCMU');
    changesOf(called, change => change.reject(488));
    assert.is((await caller.change(sdp('m=audio 4000 RTP/AVP 8'))).kind, 'accepted');
    assert.is(gateway.media.legs[0]?.config.hears?.kind, 'session');
  }));

test('an offer without any codec in common is refused, and the call goes on', () =>
  inCall(async ({ caller, called }) => {
    changesOf(called, change => change.reject(488));
    const outcome = await caller.change(sdp('m=audio 4000 RTP/AVP 18'));
    assert.is(outcome.kind === 'refused' && outcome.status, 488);
    assert.not(caller.closed);
  }));

test('a re-INVITE without an offer is offered what the other side has', () =>
  inCall(async ({ gateway, called }) => {
    const outcome = await called.change(Buffer.alloc(0));
    if (outcome.kind !== 'accepted') throw new Error(outcome.reason);
    assert.match(outcome.body.toString(), /m=audio 20002 RTP\/AVP 8/);
    outcome.acknowledge?.(aLaw('sendrecv', 5400));
    await until('the new address', () => gateway.media.legs[1]?.config.remote?.rtp.port === 5400);
  }));

test('offers of both far ends at a time do not cross', () =>
  inCall(async ({ caller, called }) => {
    let release: () => void = () => {};
    const asked = changesOf(called, change => {
      release = () => change.accept(aLaw('recvonly'));
    });
    const first = caller.change(aLaw('sendonly', 4000));
    await until('the hold across', () => asked.length === 1);
    const second = called.change(aLaw('sendonly'));
    release();
    assert.is((await first).kind, 'accepted');
    changesOf(caller, change => change.accept(aLaw('inactive', 4000)));
    assert.is((await second).kind, 'accepted', 'after the other one');
  }));

test('the application holds both far ends, and takes them back', () =>
  inCall(async ({ gateway, caller, called }) => {
    const [first, second] = [caller, called].map(dialog =>
      changesOf(dialog, change => change.accept(aLaw(direction(change.body) === 'sendonly' ? 'recvonly' : 'sendrecv'))),
    );
    const id = gateway.calls.list()[0]?.ref.id ?? '';
    await gateway.calls.hold(id, true);
    assert.equal(
      [first, second].map(asked => direction(asked?.[0]?.body)),
      ['sendonly', 'sendonly'],
    );
    assert.is(gateway.media.legs[0]?.config.hears?.kind, 'silence');
    assert.is(states(gateway).at(-1), 'ON_HOLD');
    await gateway.calls.hold(id, false);
    assert.equal(
      [first, second].map(asked => direction(asked?.[1]?.body)),
      ['sendrecv', 'sendrecv'],
    );
    assert.is(gateway.media.legs[0]?.config.hears?.kind, 'leg');
    assert.is(states(gateway).at(-1), 'ACTIVE');
  }));

test('a hold of the application that one far end refuses leaves the other one as it was', () =>
  inCall(async ({ gateway, caller, called }) => {
    const asked = changesOf(caller, change => change.accept(aLaw('sendrecv', 4000)));
    changesOf(called, change => change.reject(488));
    const id = gateway.calls.list()[0]?.ref.id ?? '';
    const problem = await gateway.calls.hold(id, true).catch((error: unknown) => error);
    assert.is(isCrosspointError(problem) && problem.code, 'call.change-refused');
    assert.equal(
      asked.map(({ body }) => direction(body)),
      ['sendonly', 'sendrecv'],
    );
    assert.equal(
      gateway.media.legs.map(({ config }) => config.hears?.kind),
      ['leg', 'leg'],
    );
    assert.not(states(gateway).includes('ON_HOLD'));
  }));

/** INFOs that a far end gets. */
function infos(dialog: Dialog): string[] {
  const heard: string[] = [];
  dialog.listener = {
    ended: () => {},
    request: (request: DialogRequest) => {
      heard.push(`${request.method} ${request.body.toString().trim().replace(/\r\n/g, ' ')}`);
      request.respond(200);
    },
  };
  return heard;
}

const INFO = { contentType: 'application/dtmf-relay' };

/** The worker has heard a key of that side. */
function press(
  { media }: Gateway,
  side: number,
  digit: string,
  durationMs: number,
  source: 'rfc4733' | 'inband' = 'rfc4733',
) {
  media.legs[side]?.listener.digit?.({ digit, durationMs, source });
}

const pressed = ({ events }: Gateway) =>
  events.flatMap(event => (event.type === 'callDigit' ? [`${event.side} ${event.digit} ${event.source}`] : []));
const withDtmf = (trunk: string, dtmf: string, configuration = TRUNKS) =>
  configuration.replace(`name: ${trunk}`, `name: ${trunk}\n    dtmf: ${dtmf}`);
const NO_EVENTS = sdp('m=audio 5000 RTP/AVP 8');

test('digits that are relayed as packets are told, and not sent again', () =>
  inCall(async ({ gateway }) => {
    press(gateway, 0, '5', 120);
    assert.equal(gateway.media.legs[1]?.digits, []);
    assert.equal(pressed(gateway), ['first 5 rfc4733']);
  }));

test('digits of one side reach the other one as its trunk wants them', () =>
  inCall(
    async ({ gateway, caller, called }) => {
      const heard = infos(called);
      press(gateway, 0, '5', 160);
      await until('the INFO', () => heard.length === 1);
      assert.equal(heard, ['INFO Signal=5 Duration=160']);
      assert.is(gateway.media.legs[1]?.config.sendTelephoneEvent, undefined, 'and not as packets too');
      const answer = await called.request('INFO', { ...INFO, body: infoBody('#', 200) });
      assert.is(answer.status, 200);
      await until('the event', () => gateway.media.legs[0]?.digits.length === 1);
      assert.equal(gateway.media.legs[0]?.digits, ['# 200']);
      assert.equal(pressed(gateway), ['first 5 rfc4733', 'second # info']);
      const refused = await caller.request('INFO', { ...INFO, body: infoBody('1', 100) });
      assert.is(refused.status, 403, 'its trunk takes events alone');
      assert.is((await caller.request('INFO', { ...INFO, body: Buffer.from('nonsense') })).status, 400);
      assert.is((await caller.request('INFO', { contentType: 'text/plain', body: Buffer.from('x') })).status, 415);
    },
    withDtmf('pbx', '{ accept: [rfc4733] }', withDtmf('carrier', '{ send: info, accept: [info] }')),
    NO_EVENTS,
  ));

test('a far end without telephone-event gets tones, unless its trunk insists on events', async () => {
  for (const [dtmf, digits] of [
    ['{}', ['5 160 inband']],
    ['{ send: inband }', ['5 160 inband']],
    ['{ send: rfc4733 }', ['5 160']],
  ] as const)
    await inCall(
      async ({ gateway }) => {
        press(gateway, 0, '5', 160);
        assert.equal(gateway.media.legs[1]?.digits, digits, dtmf);
      },
      withDtmf('carrier', dtmf),
      NO_EVENTS,
    );
});

test('where tones are listened for the audio is decoded, and what is heard goes on as events', () =>
  inCall(
    async ({ gateway }) => {
      const [first, second] = gateway.media.legs;
      assert.equal(first?.config.inbandDigits, { detect: true, remove: true });
      assert.equal(second?.config.inbandDigits, { detect: false, remove: false });
      assert.is(first?.config.hears?.kind, 'session');
      press(gateway, 0, '9', 80, 'inband');
      assert.equal(second?.digits, ['9 80']);
      press(gateway, 0, '4', 80);
      assert.equal(second?.digits, ['9 80', '4 80'], 'events are not relayed any more');
    },
    withDtmf('pbx', '{ accept: [inband, rfc4733] }'),
  ));

test('a digit that comes as tones, as an event and by INFO is one', () =>
  inCall(
    async ({ gateway, caller }) => {
      await caller.request('INFO', { ...INFO, body: infoBody('1', 100) });
      press(gateway, 0, '1', 100);
      press(gateway, 0, '1', 100, 'inband');
      press(gateway, 0, '2', 100, 'inband');
      assert.equal(gateway.media.legs[1]?.digits, ['1 100', '2 100']);
      assert.equal(pressed(gateway), ['first 1 info', 'first 2 inband']);
    },
    withDtmf('pbx', '{ accept: [inband, rfc4733, info] }'),
  ));

test('a MESSAGE goes across where the policy says so', () =>
  inCall(
    async ({ caller, called }) => {
      const heard = infos(called);
      const options = { contentType: 'text/plain', body: Buffer.from('hello') };
      assert.is((await caller.request('MESSAGE', options)).status, 200);
      assert.equal(heard, ['MESSAGE hello']);
      assert.is((await called.request('MESSAGE', options)).status, 405);
    },
    TRUNKS.replace('name: pbx', 'name: pbx\n    messages: accept'),
  ));

test('a leg whose worker dies ends the call on both sides', () =>
  inCall(async ({ gateway, caller, called }) => {
    const ended = [caller, called].map(
      dialog =>
        new Promise<string | undefined>(done => {
          dialog.listener = { ended: ({ headers }) => done(headers.get('Reason')) };
        }),
    );
    gateway.media.legs[0]?.listener.lost?.({ code: 'media.worker-lost', message: '' });
    for (const reason of await Promise.all(ended)) assert.match(reason ?? '', 'cause=41');
  }));

test.run();
