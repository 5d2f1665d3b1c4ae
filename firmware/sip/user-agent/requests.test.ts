import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipResponse } from '../message/message.ts';
import { RawPeer } from './raw-peer.fixture.ts';
import { ANSWER, emptied, NOTHING, nextInvite, remoteEnd, settled, startAgent } from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

async function withCaller(run: (agent: UserAgent, caller: RawPeer, port: number) => Promise<void>, trying?: number) {
  const timers = { t1: 10, t2: 80, t4: 100, trying: trying ?? 4 };
  const agent = await startAgent({ timers });
  const caller = await new RawPeer().start();
  try {
    await run(agent, caller, agent.listening[0]!.port);
    assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([agent.close(), caller.close()]);
  }
}

const statuses = (peer: RawPeer) => peer.received.map(each => (each.kind === 'response' ? each.status : each.method));

test('OPTIONS is answered with what we can do, to the port that it came from', () =>
  withCaller(async (_agent, caller, port) => {
    caller.send(caller.requestText('OPTIONS').replace(/127\.0\.0\.1:\d+;branch/, '192.0.2.9;branch'), port);
    const response = await caller.response(200);
    assert.is(response.headers.get('Allow'), 'INVITE');
    assert.is(response.headers.getAll('Allow').join(' '), 'INVITE ACK CANCEL BYE OPTIONS PRACK UPDATE');
    const accept = 'application/sdp application/dtmf-relay application/dtmf message/sipfrag multipart/mixed';
    assert.is(response.headers.getAll('Accept').join(' '), accept);
    assert.is(response.headers.getAll('Supported').join(' '), '100rel timer replaces norefersub');
    const via = response.headers.get('Via')!;
    assert.match(via, /;received=127\.0\.0\.1/);
    assert.match(via, new RegExp(`;rport=${caller.port}`));
    assert.match(response.headers.get('To')!, /;tag=\w+$/);
  }));

test('an owner that takes its time is covered by 100 Trying; one that does not needs none', () =>
  withCaller(async (agent, caller, port) => {
    const slow = nextInvite(agent);
    caller.send(caller.requestText('INVITE', { callId: 'slow' }), port);
    const trying = await caller.response(100);
    assert.not.match(trying.headers.get('To')!, /tag=/);
    (await slow).reject(486);
    await caller.response(486);
    caller.send(caller.requestText('ACK', { callId: 'slow', branch: 'z9hG4bKINVITE1' }), port);
    agent.onInvite = invite => invite.reject(404);
    caller.send(caller.requestText('INVITE', { callId: 'quick', branch: 'z9hG4bKquick' }), port);
    await caller.response(404);
    caller.send(caller.requestText('ACK', { callId: 'quick', branch: 'z9hG4bKquick' }), port);
    assert.equal(statuses(caller).filter(each => each === 100).length, 1);
  }));

test('a repeated INVITE is one call, and gets the last answer again', () =>
  withCaller(async (agent, caller, port) => {
    let offered = 0;
    agent.onInvite = invite => {
      offered += 1;
      invite.ring();
    };
    const invite = caller.requestText('INVITE');
    caller.send(invite, port);
    const first = await caller.response(180);
    caller.send(invite, port);
    const second = await caller.response(180);
    assert.is(first.headers.get('To'), second.headers.get('To'));
    assert.is(offered, 1);
    caller.send(caller.requestText('CANCEL', { branch: 'z9hG4bKINVITE1' }), port);
    await caller.response(200);
    await caller.response(487);
    caller.send(caller.requestText('ACK', { branch: 'z9hG4bKINVITE1' }), port);
  }));

test('an INVITE that comes by two ways is one call: 482 for the second', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE', { branch: 'z9hG4bKone' }), port);
    const invite = await incoming;
    caller.send(caller.requestText('INVITE', { branch: 'z9hG4bKtwo' }), port);
    await caller.response(482);
    invite.reject(480);
    await caller.response(480);
    caller.send(caller.requestText('ACK', { branch: 'z9hG4bKone' }), port);
  }));

test('without an ACK the 2xx is repeated for 64·T1, then the call is ended by BYE', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE'), port);
    const invite = await incoming;
    const outcome = settled(invite);
    const dialog = invite.accept(ANSWER)!;
    assert.is(await outcome, 'ack-timeout');
    assert.ok(dialog.closed);
    const bye = await caller.request('BYE');
    assert.is(bye.headers.get('Call-ID'), 'raw-call');
    assert.is(bye.uri, `sip:raw@127.0.0.1:${caller.port}`);
    // T1, 2·T1, 4·T1, then each T2: ten or so on an idle machine.
    assert.ok(statuses(caller).filter(each => each === 200).length >= 5, String(statuses(caller)));
    caller.answer(bye, 200, port);
  }));

test('a lost ACK is made good by the repeated 2xx', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE'), port);
    const invite = await incoming;
    const outcome = settled(invite);
    const dialog = invite.accept(ANSWER)!;
    await caller.response(200);
    await caller.response(200);
    caller.send(caller.requestText('ACK', { toTag: dialog.localTag, branch: 'z9hG4bKack' }), port);
    assert.is(await outcome, 'confirmed');
    const ended = remoteEnd(dialog);
    caller.send(caller.requestText('BYE', { toTag: dialog.localTag, cseq: 2 }), port);
    await ended;
  }));

test('a BYE that comes before its ACK ends the call', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE'), port);
    const dialog = (await incoming).accept(ANSWER)!;
    const ended = remoteEnd(dialog);
    caller.send(caller.requestText('BYE', { toTag: dialog.localTag, cseq: 2 }), port);
    assert.is((await ended).by, 'remote');
    caller.send(caller.requestText('BYE', { toTag: dialog.localTag, cseq: 2 }), port);
    while (statuses(caller).filter(each => each === 200).length < 3) await caller.next(() => true);
  }));

test('a caller that says BYE while it rings gets 200 for it and 487 for the INVITE', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE'), port);
    const invite = await incoming;
    const outcome = settled(invite);
    invite.ring();
    const toTag = /tag=(\w+)/.exec((await caller.response(180)).headers.get('To')!)![1]!;
    caller.send(caller.requestText('BYE', { toTag, cseq: 2 }), port);
    assert.is(await outcome, 'cancelled');
    await caller.response(487);
    caller.send(caller.requestText('ACK', { branch: 'z9hG4bKINVITE1' }), port);
  }));

test('an INVITE whose Expires runs out is answered 487', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE', { extra: ['Expires: 0'] }), port);
    assert.is(await settled(await incoming), 'cancelled');
    await caller.response(487);
    caller.send(caller.requestText('ACK', { branch: 'z9hG4bKINVITE1' }), port);
  }));

test('a re-INVITE is refused with 488 and the call stays; OPTIONS in it is answered', () =>
  withCaller(async (agent, caller, port) => {
    const incoming = nextInvite(agent);
    caller.send(caller.requestText('INVITE'), port);
    const invite = await incoming;
    const confirmed = settled(invite);
    const dialog = invite.accept(ANSWER)!;
    const toTag = dialog.localTag;
    await caller.response(200);
    caller.send(caller.requestText('ACK', { toTag, branch: 'z9hG4bKack' }), port);
    await confirmed;
    caller.send(caller.requestText('INVITE', { toTag, cseq: 5 }), port);
    const refused = await caller.response(488);
    assert.match(refused.headers.get('Warning')!, /^399 127\.0\.0\.1:\d+ "/);
    caller.send(caller.requestText('ACK', { toTag, cseq: 5, branch: 'z9hG4bKINVITE5' }), port);
    caller.send(caller.requestText('OPTIONS', { toTag, cseq: 6 }), port);
    await caller.response(200);
    caller.send(caller.requestText('INFO', { toTag, cseq: 7 }), port);
    await caller.response(200);
    // Older than what has been seen: §12.2.2.
    caller.send(caller.requestText('BYE', { toTag, cseq: 2 }), port);
    await caller.response(500);
    assert.not(dialog.closed);
    caller.send(caller.requestText('BYE', { toTag, cseq: 8 }), port);
    await caller.response(200);
    assert.ok(dialog.closed);
  }));

const refusals: [name: string, method: string, status: number, extra: string[], change?: (text: string) => string][] = [
  ['a method that is known but not handled', 'REFER', 405, []],
  ['a method that nobody knows', 'DANCE', 501, []],
  ['a required extension', 'INVITE', 420, ['Require: gruu, 100rel', 'Require: timer, path']],
  ['no hops left', 'INVITE', 483, [], text => text.replace('Max-Forwards: 70', 'Max-Forwards: 0')],
  ['two Contacts', 'INVITE', 400, ['Contact: <sip:two@127.0.0.1>']],
  ['no Contact', 'INVITE', 400, [], text => text.replace(/Contact: .*\r\n/, '')],
  ['a Contact that is no URI', 'INVITE', 416, [], text => text.replace(/Contact: .*\r\n/, 'Contact: <im:x@y>\r\n')],
  ['a route that is no URI', 'INVITE', 416, ['Record-Route: <none:1>']],
  ['a URI of another scheme', 'INVITE', 416, [], text => text.replace('INVITE sip:', 'INVITE urn:')],
  ['no Call-ID it could be answered without, but two From', 'INVITE', 400, ['From: <sip:x@y>;tag=2']],
  ['a CSeq of another method', 'INVITE', 400, [], text => text.replace('CSeq: 1 INVITE', 'CSeq: 1 BYE')],
  ['another SIP version', 'INVITE', 505, [], text => text.replace('SIP/2.0\r\n', 'SIP/7.0\r\n')],
  ['a dialog that nobody knows', 'BYE', 481, []],
  ['a CANCEL that meets no INVITE', 'CANCEL', 481, []],
];

test('what cannot be handled is refused with the status that says why, and leaves nothing', () =>
  withCaller(async (agent, caller, port) => {
    agent.onInvite = () => assert.unreachable();
    for (const [name, method, status, extra, change] of refusals) {
      const parts = { extra, callId: name.replaceAll(' ', '-'), branch: `z9hG4bK${name.replaceAll(/\W/g, '')}` };
      const text = caller.requestText(method, { ...parts, ...(method === 'BYE' ? { toTag: 'gone' } : {}) });
      caller.send(change ? change(text) : text, port);
      const response = (await caller.next(() => true)) as SipResponse;
      assert.is(response.status, status, name);
      assert.is(response.headers.get('Call-ID'), parts.callId);
      if (status === 405 || status === 501) assert.ok(response.headers.has('Allow'));
      if (status === 420) assert.equal(response.headers.getAll('Unsupported'), ['gruu', 'path']);
      if (method === 'INVITE') caller.send(caller.requestText('ACK', parts), port);
    }
  }));

test('a body that is not SDP is refused with what would be accepted', () =>
  withCaller(async (_agent, caller, port) => {
    caller.send(caller.requestText('INVITE', { body: '<x/>', extra: ['Content-Type: text/xml'] }), port);
    assert.is((await caller.response(415)).headers.get('Accept'), 'application/sdp');
  }));

test('an owner that throws costs the caller a 500 and nobody else anything', () =>
  withCaller(async (agent, caller, port) => {
    agent.onInvite = () => {
      throw new Error('a fault in the owner');
    };
    caller.send(caller.requestText('INVITE'), port);
    await caller.response(500);
    caller.send(caller.requestText('ACK', { branch: 'z9hG4bKINVITE1' }), port);
    caller.send(caller.requestText('OPTIONS'), port);
    await caller.response(200);
  }));

test('past the limit of transactions requests are answered 503 and leave nothing', async () => {
  const agent = await startAgent({ maxTransactions: 3 });
  const caller = await new RawPeer().start();
  const port = agent.listening[0]!.port;
  for (let i = 0; i < 5; i++) caller.send(caller.requestText('OPTIONS', { branch: `z9hG4bK${i}` }), port);
  const refused = [await caller.response(503), await caller.response(503)];
  assert.ok(refused.every(each => each.headers.get('Retry-After') === '5'));
  assert.is(agent.dump().serverTransactions, 3);
  assert.is(agent.counters.overloaded, 2);
  await Promise.all([agent.close(), caller.close()]);
});

test.run();
