import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../../base/ids.ts';
import type { IncomingTerms } from '../../calls/answer-call.ts';
import type { NumberRoute } from '../../config/number-schema.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import {
  accepted,
  failed,
  nextInvite,
  place,
  remoteEnd,
  settled,
  startAgent,
} from '../../sip/user-agent/user-agent.fixture.ts';
import { ALAW, callFrom, type Gateway, PHONE, sdp, until, withGateway } from './bridge.fixture.ts';

const APP = '46000001' as ProjectId;
const TWO_TRUNKS = `
projects:
  - opentok: { apiKey: "46000001", apiSecret: "0123456789abcdef0123456789abcdef" }
trunks:
  - name: pbx
    targets: ["sip:127.0.0.1:PORT_pbx"]
  - name: carrier
    targets: ["sip:127.0.0.1:PORT_carrier"]
  - name: other
    targets: ["sip:127.0.0.1:PORT_other"]
numbers:
  - { prefix: "+44", to: { forward: ["trunk:carrier", "trunk:other"] } }
  - { number: "100", project: "46000001", to: { forward: ["trunk:carrier/200"] } }
  - { number: "400", to: { forward: ["sip:127.0.0.1:PORT_other;media=srtp"] } }
  - { number: "300", project: "46000001", to: { reject: 603 } }
  - { pattern: any, trunk: carrier, to: { forward: ["trunk:pbx"] } }
`;

const reasons = ({ events }: Gateway) =>
  events.flatMap(event => (event.type === 'callDestroyed' ? [`${event.reason.code} ${event.reason.message}`] : []));
const states = ({ events }: Gateway) => events.flatMap(event => (event.type === 'callUpdated' ? [event.state] : []));

test('a call is carried to the trunk of its number, rings, is answered, and media is relayed as it is', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567', { headers: [['X-Case', '42']], maxForwards: 20 });
    const invite = await coming;
    assert.is(invite.request.uri, `sip:+442071234567@127.0.0.1:${gateway.peer('carrier').listening[0]?.port}`);
    assert.is(invite.request.headers.get('X-Case'), '42');
    assert.is(invite.request.headers.get('Max-Forwards'), '19');
    invite.ring();
    await until('ringing', () => placed.progress.includes(180));
    const called = invite.accept(ALAW);
    const { dialog, body } = await accepted(placed);
    assert.match(body.toString(), 'm=audio 20000 RTP/AVP 8 101');
    const [first, second] = gateway.media.legs;
    assert.equal(first?.config.hears, { kind: 'leg', leg: second?.id });
    assert.equal(second?.config.hears, { kind: 'leg', leg: first?.id });
    assert.is(first?.config.send?.name, 'PCMA');
    assert.equal(gateway.counted.sort(), ['carrier out', 'pbx in']);
    const end = called && remoteEnd(called);
    await dialog.bye([['Reason', 'Q.850;cause=16;text="they hung up"']]);
    assert.is((await end)?.headers.get('Reason'), 'Q.850;cause=16;text="they hung up"');
    assert.equal(states(gateway), ['DIALING', 'RINGING', 'ACTIVE', 'HANGUP']);
    assert.equal(reasons(gateway), ['700 Normal Clearing']);
  }));

test('the called one hangs up', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    const invite = await coming;
    const confirmed = settled(invite);
    const called = invite.accept(ALAW);
    const { dialog } = await accepted(placed);
    assert.is(await confirmed, 'confirmed');
    const end = remoteEnd(dialog);
    await called?.bye();
    assert.match((await end).headers.get('Reason') ?? '', /Q\.850;cause=16/);
  }));

test('busy stays busy, with its reason, and no other target is tried', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    let others = 0;
    gateway.peer('other').onInvite = () => others++;
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    (await coming).reject(486, undefined, [['Reason', 'Q.850;cause=17']]);
    const failure = await failed(placed);
    assert.equal([failure.status, failure.headers?.get('Reason')], [486, 'Q.850;cause=17']);
    assert.is(others, 0);
    assert.equal(reasons(gateway), ['486 Busy Here']);
  }));

for (const status of [500, 503]) {
  test(`after ${status} the next target of the list is called`, () =>
    withGateway(TWO_TRUNKS, async gateway => {
      gateway.peer('carrier').onInvite = invite => invite.reject(status);
      gateway.peer('other').onInvite = invite => void invite.accept(ALAW);
      const placed = callFrom(gateway, 'pbx', '+442071234567');
      const { dialog } = await accepted(placed);
      assert.equal(gateway.counted.sort(), ['other out', 'pbx in']);
      assert.is(gateway.failed.length, status === 503 ? 1 : 0);
      await dialog.bye();
    }));
}

test('a target that says nothing in time is left for the next one', () =>
  withGateway(TWO_TRUNKS.replace('PORT_carrier"', 'PORT_carrier;timeout=2000"'), async gateway => {
    const silent = new Promise<void>(done => {
      gateway.peer('carrier').onInvite = invite => {
        invite.listener = { confirmed: () => {}, ackTimeout: () => {}, cancelled: () => done() };
      };
    });
    gateway.peer('other').onInvite = invite => void invite.accept(ALAW);
    const { dialog } = await accepted(callFrom(gateway, 'pbx', '+442071234567'));
    await silent;
    assert.is(gateway.failed.length, 1);
    await dialog.bye();
  }));

test('what the policy does not let pass is refused by its name', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const failure = await failed(callFrom(gateway, 'pbx', '+449001234567'));
    assert.is(failure.status, 403);
    assert.match(failure.headers?.get('Reason') ?? '', 'refuses numbers that start with +44900');
    assert.match(reasons(gateway)[0] ?? '', /^403 The policy of the box refuses/);
  }));

test('a caller who gives up is told to the called one, with the reason', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    const invite = await coming;
    const cancelled = new Promise<string | undefined>(done => {
      invite.listener = {
        confirmed: () => {},
        ackTimeout: () => {},
        cancelled: ({ headers }) => done(headers.get('Reason')),
      };
    });
    invite.ring();
    await until('ringing', () => placed.progress.includes(180));
    placed.invite.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
    assert.is(await cancelled, 'SIP;cause=200;text="Call completed elsewhere"');
    await until('the end', () => reasons(gateway).length === 1);
    assert.equal(reasons(gateway), ['487 Request Terminated']);
  }));

test('codecs that only one side has are transcoded in a session of two', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    gateway.peer('carrier').onInvite = invite => void invite.accept(ALAW);
    const placed = callFrom(gateway, 'pbx', '+442071234567', { body: sdp('m=audio 4000 RTP/AVP 0') });
    const { dialog, body } = await accepted(placed);
    assert.match(body.toString(), 'RTP/AVP 0\r\n');
    const [first, second] = gateway.media.legs;
    assert.is(first?.config.hears?.kind, 'session');
    assert.equal(first?.config.hears, second?.config.hears);
    await dialog.bye();
  }));

test('sides with nothing in common end in 488 with both lists', () =>
  withGateway(TWO_TRUNKS.replace('name: carrier', 'name: carrier\n    codecs: [PCMU]'), async gateway => {
    gateway.peer('other').onInvite = invite => invite.reject(404);
    const offer = sdp('m=audio 4000 RTP/AVP 97', 'a=rtpmap:97 iLBC/8000');
    const failure = await failed(callFrom(gateway, 'carrier', '555', { body: offer }));
    assert.is(failure.status, 488);
    assert.match(failure.headers?.get('Warning') ?? '', /no audio codec in common/);
  }));

for (const [media, offer, why] of [
  ['srtp', 'm=audio 4000 RTP/AVP 0', /SRTP is required/],
  ['rtp', 'm=audio 4000 RTP/SAVP 0', /wants secured media/],
] as const) {
  test(`a caller whose trunk has media: ${media} and who offers ${offer} is told so, and nobody rings for it`, () =>
    withGateway(TWO_TRUNKS.replace('name: pbx', `name: pbx\n    media: ${media}`), async gateway => {
      let rung = 0;
      for (const name of ['carrier', 'other']) gateway.peer(name).onInvite = () => rung++;
      const failure = await failed(callFrom(gateway, 'pbx', '+442071234567', { body: sdp(offer) }));
      assert.is(failure.status, 488);
      assert.match(failure.headers?.get('Warning') ?? '', why);
      assert.is(rung, 0);
      assert.match(reasons(gateway)[0] ?? '', /^488 /);
    }));
}

test('a call without an offer is offered what the called one has', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    gateway.peer('carrier').onInvite = invite => void invite.accept(ALAW);
    const offers: string[] = [];
    const caller = gateway.peer('pbx');
    const target = `sip:+442071234567@127.0.0.1:${gateway.port}`;
    const dialog = await new Promise<Dialog>((done, fail) => {
      caller.invite(
        {
          target: parseUri(target),
          requestUri: target,
          from: { uri: 'sip:alice@example.com' },
          to: target,
          headers: [],
          body: Buffer.alloc(0),
          contentType: 'application/sdp',
          ringLimitMs: 10_000,
        },
        {
          progress: () => {},
          accepted: (made, body, _headers, acknowledge) => {
            offers.push(body.toString());
            acknowledge?.(ALAW);
            done(made);
          },
          failed: () => fail(new Error('the call failed')),
        },
      );
    });
    assert.match(offers[0] ?? '', /m=audio 20000 RTP\/AVP 8 /);
    await until('relayed media', () => gateway.media.legs[0]?.config.hears?.kind === 'leg');
    await dialog.bye();
  }));

test('refusals say why: no such number, digits missing, the route, a full trunk, no media', () =>
  withGateway(
    TWO_TRUNKS.replace('name: pbx', 'name: pbx\n    limits: { calls: 1 }').replace('pattern: any, ', 'number: "555", '),
    async gateway => {
      assert.is((await failed(callFrom(gateway, 'pbx', '9999'))).status, 404);
      assert.is((await failed(callFrom(gateway, 'carrier', '+4'))).status, 484);
      assert.is((await failed(callFrom(gateway, 'pbx', '300'))).status, 603);
      gateway.media.full = true;
      const noMedia = await failed(callFrom(gateway, 'pbx', '+442071234567'));
      assert.equal([noMedia.status, noMedia.headers?.get('Retry-After')], [503, '10']);
      gateway.media.full = false;
      const coming = nextInvite(gateway.peer('carrier'));
      const placed = callFrom(gateway, 'pbx', '100');
      const invite = await coming;
      assert.is(invite.calledUser, '200');
      const full = await failed(callFrom(gateway, 'pbx', '100'));
      assert.equal([full.status, full.headers?.get('Retry-After')], [503, '10']);
      invite.reject(404);
      await failed(placed);
      assert.equal([...gateway.incoming.refusals.counts].sort(), [
        ['by-route', 1],
        ['incomplete-number', 1],
        ['no-media', 1],
        ['too-many-calls', 1],
        ['unknown-number', 1],
      ]);
      for (const { call } of gateway.events) assert.ok(gateway.traced.includes(call.id), 'every call has its messages');
      assert.equal(reasons(gateway), [
        '404 No such number',
        '484 Digits are missing in the number',
        '603 Calls to this number are refused',
        '503 every media port is in use',
        '503 The trunk has its calls',
        '404 Not Found',
      ]);
    },
  ));

const EARLY = sdp('m=audio 5000 RTP/AVP 8', 'a=sendonly');

test('early media of the far end is relayed, and the answer stays what it was', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    const invite = await coming;
    invite.progress(183, EARLY, [], true);
    await until('early media', () => gateway.media.legs[0]?.config.hears?.kind === 'leg');
    await until('183', () => placed.progress.includes(183));
    await until('the PRACK', () => invite.earlyDialog.offers.outstanding === null);
    invite.accept(EARLY);
    const { dialog } = await accepted(placed);
    await dialog.bye();
  }));

test('a trunk whose early media is ignored rings', () =>
  withGateway(TWO_TRUNKS.replace('name: carrier', 'name: carrier\n    earlyMedia: ignore'), async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    const invite = await coming;
    invite.progress(183, EARLY);
    await until('ringing', () => placed.progress.length > 0);
    // A reliable response is repeated until its PRACK comes.
    assert.equal([...new Set(placed.progress)], [180]);
    assert.is(gateway.media.legs[0]?.config.hears, undefined);
    invite.accept(ALAW);
    await (await accepted(placed)).dialog.bye();
  }));

test('a trunk of which the caller is to hear a tone makes the box ring', () =>
  withGateway(TWO_TRUNKS.replace('name: carrier', 'name: carrier\n    earlyMedia: ringback'), async gateway => {
    const coming = nextInvite(gateway.peer('carrier'));
    const placed = callFrom(gateway, 'pbx', '+442071234567');
    const invite = await coming;
    invite.ring();
    await until('the tone', () => gateway.media.legs[0]?.config.hears?.kind === 'tone');
    await until('183', () => placed.progress.includes(183));
    invite.accept(ALAW);
    const { dialog } = await accepted(placed);
    await until('media', () => gateway.media.legs[0]?.config.hears?.kind !== 'tone');
    await dialog.bye();
  }));

test('an address of a forward list is called with the media that it says', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const coming = nextInvite(gateway.peer('other'));
    const placed = callFrom(gateway, 'pbx', '400', { from: { displayName: 'Alice', uri: 'sip:101@pbx.example.com' } });
    const { request, calledUser, from } = await coming;
    assert.is(calledUser, '400');
    assert.equal([from.displayName, from.uri], ['Alice', 'sip:101@box.example.com']);
    assert.match(request.body.toString(), 'RTP/SAVP');
    placed.invite.cancel();
    await failed(placed);
    await until('the end', () => gateway.calls.live === 0);
  }));

test('a call that has no hops left is not carried on for ever', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    // The peer is one of us: it takes no call that has gone as far as it may.
    const failure = await failed(callFrom(gateway, 'pbx', '+442071234567', { maxForwards: 1 }));
    assert.is(failure.status, 483);
    assert.match(reasons(gateway)[0] ?? '', /^483 /);
  }));

test('a password that the far end does not take is no question to the caller', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    gateway.peer('carrier').onInvite = invite => invite.reject(407);
    const failure = await failed(callFrom(gateway, 'pbx', '+442071234567'));
    assert.is(failure.status, 500);
    assert.match(failure.headers?.get('Reason') ?? '', 'SIP;cause=407');
    assert.match(reasons(gateway)[0] ?? '', /^407 /);
  }));

test('a caller of no trunk is refused', () =>
  withGateway(TWO_TRUNKS, async gateway => {
    const stranger = await startAgent();
    const failure = await failed(place(stranger, gateway.port, { body: PHONE }, '+442071234567'));
    assert.is(failure.status, 403);
    await stranger.close();
  }));

test('a number goes where it was led at run time, else by its exact route, else to who owns it, else by a prefix', async () => {
  const takenBy = async (number: string, forwards?: ReadonlyMap<string, NumberRoute>) => {
    let by = '';
    const owned = {
      find: (msisdn: string) => ({
        project: APP,
        take: async (invite: IncomingInvite, { to, trunk, release }: IncomingTerms) => {
          by = `${msisdn} ${to} ${trunk}`;
          release();
          invite.reject(480);
        },
      }),
    };
    await withGateway(
      TWO_TRUNKS,
      async gateway => {
        for (const name of ['carrier', 'other'])
          gateway.peer(name).onInvite = invite => {
            by = `${name} ${invite.calledUser}`;
            invite.reject(486);
          };
        const { status } = await failed(callFrom(gateway, 'pbx', number));
        by = `${status} ${by}`.trim();
      },
      owned,
      forwards,
    );
    return by;
  };
  assert.is(await takenBy('+442071234567'), '480 442071234567 +442071234567 pbx');
  assert.is(await takenBy('100'), '486 carrier 200');
  const led = new Map<string, NumberRoute>([['442071234567', { project: APP, to: { forward: ['trunk:other/7'] } }]]);
  assert.is(await takenBy('+442071234567', led), '486 other 7');
});

test.run();
