import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../base/clock.ts';
import { parseDescription } from '../../sdp/parse-description.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import { parseUri } from '../../sip/message/uri.ts';
import { type ReferOutcome, ReferSender } from '../../sip/refer/refer-sender.ts';
import { formatReplaces, type Replaces } from '../../sip/refer/replaces.ts';
import { accepted, failed, nextInvite, settled } from '../../sip/user-agent/user-agent.fixture.ts';
import { ALAW, callFrom, changesOf, type Gateway, sdp, until, withGateway } from './bridge.fixture.ts';

const TRUNKS = `
trunks:
  - name: pbx
    targets: ["sip:127.0.0.1:PORT_pbx"]
    refer: accept
    replaces: accept
  - name: carrier
    targets: ["sip:127.0.0.1:PORT_carrier"]
numbers:
  - { prefix: "+44", to: { forward: ["trunk:carrier"] } }
`;

interface Leg {
  readonly caller: Dialog;
  readonly called: Dialog;
}

async function call(gateway: Gateway, number: string): Promise<Leg> {
  const coming = nextInvite(gateway.peer('carrier'));
  const placed = callFrom(gateway, 'pbx', number);
  const invite = await coming;
  const confirmed = settled(invite);
  const called = invite.accept(ALAW);
  const { dialog: caller } = await accepted(placed);
  await confirmed;
  if (!called) throw new Error('the INVITE could not be accepted');
  for (const each of [caller, called]) each.listener = { ended: () => {} };
  changesOf(called, change => change.accept(ALAW));
  return { caller, called };
}

/** Asks the box for a transfer; what is heard of it, and when the dialog of the one who asks is over. */
function transfer(dialog: Dialog, number: string, replaces: Replaces | null = null) {
  const progress: number[] = [];
  let over: () => void = () => {};
  const ended = new Promise<void>(done => {
    over = done;
  });
  const outcome = new Promise<ReferOutcome>(done => {
    const listener = { progress: (status: number) => void progress.push(status), finished: done };
    const sender = new ReferSender({ clock: systemClock, dialog, listener });
    dialog.listener = {
      ended: () => {
        sender.dialogEnded();
        over();
      },
      request: request => {
        if (!sender.notified(request)) request.respond(481);
      },
    };
    const uri = parseUri(`sip:${number}@box.example.com`);
    void sender.send({ target: { displayName: null, uri, method: 'INVITE', replaces, headers: [] }, subscribe: true });
  });
  return { progress, outcome, ended };
}

const named = ({ callId, localTag, remoteTag }: Dialog): Replaces => ({
  callId,
  toTag: remoteTag,
  fromTag: localTag,
  earlyOnly: false,
});

test('a blind transfer calls the number of the table, tells how it goes, and the one who asked is out', () =>
  withGateway(TRUNKS, async gateway => {
    const { caller, called } = await call(gateway, '+442071234567');
    const coming = nextInvite(gateway.peer('carrier'));
    const { progress, outcome, ended } = transfer(caller, '+442079999999');
    const invite = await coming;
    assert.is(invite.calledUser, '+442079999999');
    invite.ring();
    await until('ringing', () => progress.includes(180));
    const target = invite.accept(ALAW);
    assert.equal(await outcome, { kind: 'final', status: 200, reason: 'OK' });
    await ended;
    assert.not(called.closed);
    await until('media of the new side', () => {
      const [, stays, comes] = gateway.media.legs;
      const hears = stays?.config.hears;
      return hears?.kind === 'leg' && hears.leg === comes?.id;
    });
    assert.is(gateway.media.legs[0]?.closed, true);
    assert.is(gateway.calls.live, 1);
    await target?.bye();
    await until('the end', () => called.closed);
  }));

test('a transfer that fails is told so, and the call goes on', () =>
  withGateway(TRUNKS, async gateway => {
    const { caller, called } = await call(gateway, '+442071234567');
    gateway.peer('carrier').onInvite = invite => invite.reject(486);
    const busy = await transfer(caller, '+442079999999').outcome;
    assert.equal([busy.kind, busy.kind === 'final' && busy.status], ['final', 486]);
    const unknown = await transfer(caller, '12345').outcome;
    assert.equal([unknown.kind, unknown.kind === 'final' && unknown.status], ['final', 404]);
    assert.equal([caller.closed, called.closed], [false, false]);
    await caller.bye();
  }));

test('a trunk that may not transfer is told so', () =>
  withGateway(TRUNKS, async gateway => {
    const { caller, called } = await call(gateway, '+442071234567');
    const refused = await transfer(called, '+442079999999').outcome;
    assert.equal([refused.kind, refused.kind === 'refused' && refused.status], ['refused', 603]);
    await caller.bye();
  }));

test('an attended transfer joins the far ends of two calls of one peer', () =>
  withGateway(TRUNKS, async gateway => {
    const one = await call(gateway, '+442071111111');
    const two = await call(gateway, '+442072222222');
    const moved = changesOf(two.called, change => change.accept(ALAW));
    const { outcome, ended } = transfer(one.caller, '+442072222222', named(two.caller));
    assert.equal(await outcome, { kind: 'final', status: 200, reason: 'OK' });
    await ended;
    await until('the end of the held call', () => two.caller.closed);
    assert.is(parseDescription(String(moved[0]?.body)).media[0]?.port, gateway.media.legs[4]?.local.rtpPort);
    assert.equal([one.called.closed, two.called.closed], [false, false]);
    await until('one call', () => gateway.calls.live === 1);
    await two.called.bye();
    await until('the end', () => one.called.closed);
  }));

test('an INVITE with Replaces takes the place of the call that it names', () =>
  withGateway(TRUNKS, async gateway => {
    const { caller, called } = await call(gateway, '+442071234567');
    const headers = [['Replaces', formatReplaces(named(caller))]] as const;
    const placed = callFrom(gateway, 'pbx', '+442071234567', { headers, body: sdp('m=audio 4600 RTP/AVP 8') });
    const { dialog, body } = await accepted(placed);
    assert.match(body.toString(), 'RTP/AVP 8');
    await until('the end of the old call', () => caller.closed);
    assert.not(called.closed);
    assert.is(gateway.calls.live, 1);
    await dialog.bye();
    await until('the end', () => called.closed);
  }));

test('a call of another trunk is not to be replaced', () =>
  withGateway(TRUNKS.replace('name: carrier', 'name: carrier\n    replaces: accept'), async gateway => {
    const { caller } = await call(gateway, '+442071234567');
    const headers = [['Replaces', formatReplaces(named(caller))]] as const;
    assert.is((await failed(callFrom(gateway, 'carrier', '1', { headers }))).status, 403);
    assert.not(caller.closed);
    await caller.bye();
  }));

test.run();
