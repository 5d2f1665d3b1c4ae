import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../message/headers.ts';
import type { SipResponse } from '../message/message.ts';
import { parseVia } from '../message/via.ts';
import { createResponse } from '../transaction/response.ts';
import { DialogPair, ended, NOTHING, settled } from './dialog-pair.fixture.ts';

const NO_VIA = parseVia('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone');

for (const [from, to] of [
  ['a', 'bob'],
  ['b', 'alice'],
] as const) {
  test(`a request reaches the owner of the other side, and its answer comes back (${from})`, async () => {
    const pair = new DialogPair();
    pair[to].listener.request = request =>
      request.respond(202, 'Taken', [['X-Heard', request.body.toString()]], Buffer.from('fine'), 'text/plain');
    const sent = pair[from].request('INFO', {
      body: Buffer.from('Signal=5'),
      contentType: 'application/dtmf-relay',
      headers: [['X-N', '1']],
    });
    const { status, reason, headers, body } = await settled(pair, sent);
    assert.is(status, 202);
    assert.is(reason, 'Taken');
    assert.is(headers.get('X-Heard'), 'Signal=5');
    assert.is(headers.get('Content-Type'), 'text/plain');
    assert.is(body.toString(), 'fine');
    const [info] = pair[to].heardRequests('INFO');
    assert.is(info?.headers.get('Content-Type'), 'application/dtmf-relay');
    assert.is(info?.headers.get('X-N'), '1');
    assert.not.ok(info?.headers.has('Contact'));
    await ended(pair);
  });
}

test('REFER, SUBSCRIBE and NOTIFY say where we are, and so do the 2xx to the first two', async () => {
  const pair = new DialogPair();
  pair.bob.listener.request = request => request.respond(request.method === 'REFER' ? 202 : 200);
  for (const method of ['REFER', 'SUBSCRIBE', 'NOTIFY']) {
    const { headers } = await settled(pair, pair.a.request(method));
    assert.is(pair.bob.heardRequests(method)[0]?.headers.get('Contact'), '<sip:alice@192.0.2.1:5060>');
    assert.is(headers.has('Contact'), method !== 'NOTIFY');
  }
  await ended(pair);
});

const unowned: [method: string, body: string, status: number][] = [
  ['INFO', '', 200],
  ['INFO', 'Signal=1', 415],
  ['REFER', '', 405],
  ['NOTIFY', '', 405],
  ['SUBSCRIBE', '', 405],
  ['MESSAGE', 'hello', 405],
  ['OPTIONS', '', 200],
  ['PUBLISH', '', 405],
  ['DANCE', '', 501],
];
for (const [method, body, status] of unowned) {
  test(`without an owner for it ${method}${body && ' with a body'} is answered ${status}`, async () => {
    const pair = new DialogPair();
    delete pair.bob.listener.request;
    const { status: found, headers } = await settled(pair, pair.a.request(method, { body: Buffer.from(body) }));
    assert.is(found, status);
    if (status === 405) assert.not.ok(headers.getAll('Allow').includes(method));
    if (method === 'OPTIONS') assert.ok(headers.has('Allow') && headers.has('Accept') && headers.has('Supported'));
    await ended(pair);
  });
}

test('an owner that never answers is answered for before the sender gives up; one that throws at once', async () => {
  const pair = new DialogPair();
  const late = settled(pair, pair.a.request('REFER'), 16_100);
  assert.is((await late).status, 504);
  pair.bob.requests[0]?.respond(202);
  pair.bob.listener.request = () => {
    throw new Error('a bug');
  };
  assert.is((await settled(pair, pair.a.request('REFER'))).status, 500);
  await ended(pair);
});

test('requests that wait for an owner are bounded', async () => {
  const pair = new DialogPair();
  await settled(pair, pair.a.request('UPDATE'));
  const [sample] = pair.bob.heardRequests('UPDATE');
  const statuses: number[] = [];
  for (let cseq = 100; cseq < 140; cseq++) {
    const headers = Headers.of(sample?.headers ?? []);
    headers.set('CSeq', `${cseq} INFO`);
    const transaction = {
      answered: false,
      respond: ({ status }: SipResponse) => void statuses.push(status),
      retransmitted: () => {},
      terminate: () => {},
    };
    const source = pair.alice.local;
    const arrival = { source, trusted: true, user: null, local: pair.bob.local, via: NO_VIA, reply: () => {} };
    const request = { kind: 'request' as const, method: 'INFO', uri: 'sip:bob', headers, body: Buffer.from('x') };
    pair.b.handleRequest(transaction, request, arrival);
  }
  assert.is(pair.bob.requests.length, 32);
  assert.equal(statuses, new Array(8).fill(503));
  // Whatever still waits when the dialog ends is not left without an answer (§15.1.2).
  void pair.b.bye();
  assert.equal(statuses.slice(8), new Array(32).fill(487));
  assert.equal(await pair.left(), NOTHING);
});

test('digits stay in their order even when the first is lost', async () => {
  const pair = new DialogPair();
  const order: string[] = [];
  pair.bob.listener.request = request => {
    order.push(request.body.toString());
    request.respond(200);
  };
  let lost = 0;
  pair.loses = message => message.kind === 'request' && message.method === 'INFO' && ++lost === 1;
  const sent = ['1', '2', '3'].map(digit => pair.a.request('INFO', { body: Buffer.from(digit) }));
  await pair.settle(2000);
  assert.equal(
    (await Promise.all(sent)).map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(order, ['1', '2', '3']);
  await ended(pair);
});

test('more requests of a method than anybody waits for are refused here', async () => {
  const pair = new DialogPair();
  const sent = Array.from({ length: 40 }, () => pair.a.request('REFER'));
  await pair.settle(10);
  void pair.a.bye();
  await pair.settle(100);
  const responses = await Promise.all(sent);
  assert.is(responses.filter(({ reason }) => reason.startsWith('more than')).length, 7);
  assert.is(responses.filter(({ reason }) => reason === 'the dialog has ended').length, 32);
  assert.is(responses[0]?.status, 487);
  assert.equal(await pair.left(), NOTHING);
});

test('a far end that answers no PRACK is not sent PRACKs without end', async () => {
  const pair = new DialogPair();
  const seen = new Set<string>();
  pair.loses = message => {
    if (message.kind !== 'request' || message.method !== 'PRACK') return false;
    seen.add(message.headers.get('CSeq') ?? '');
    return true;
  };
  const sent = Array.from({ length: 40 }, () => pair.a.request('PRACK'));
  await pair.settle(10);
  assert.is(seen.size, 32);
  const responses = Promise.all(sent);
  pair.advance(33_000);
  assert.is((await responses).filter(({ reason }) => reason.startsWith('more than')).length, 8);
  const later = pair.a.request('PRACK');
  pair.advance(33_000);
  assert.match((await later).reason, 'Timer F');
  void pair.a.bye();
  await pair.settle(100);
  assert.equal(await pair.left(), NOTHING);
});

test('an older request than one that has been seen is answered 500', async () => {
  const pair = new DialogPair();
  pair.bob.listener.request = request => request.respond(200);
  let kept: Buffer | null = null;
  pair.loses = (message, from) => {
    if (from !== pair.alice || message.kind !== 'request' || message.method !== 'INFO' || kept) return false;
    kept = message.body;
    return true;
  };
  const first = pair.a.request('INFO', { body: Buffer.from('1') });
  pair.advance(10);
  // PRACK and OPTIONS do not wait.
  await settled(pair, pair.a.request('OPTIONS'), 50);
  const late = await settled(pair, first, 1000);
  assert.is(late.status, 500);
  assert.is(late.reason, 'CSeq Out Of Order');
  assert.not(pair.a.closed);
  await ended(pair);
});

for (const [what, status, ends] of [
  ['481 to an INFO', 481, true],
  ['408 to an INFO', 408, true],
  ['503 to an INFO', 503, false],
] as const) {
  test(`${what} ${ends ? 'ends' : 'does not end'} the dialog`, async () => {
    const pair = new DialogPair();
    pair.bob.listener.request = request => request.respond(status, undefined, [['X-Why', 'gone']]);
    assert.is((await settled(pair, pair.a.request('INFO'))).status, status);
    assert.equal(
      pair.alice.ends.map(({ by, headers }) => [by, headers.get('X-Why')]),
      ends ? [['failed', 'gone']] : [],
    );
    assert.is(pair.bob.ends.length, ends ? 1 : 0);
    await ended(pair);
  });
}

test('481 to a NOTIFY, and silence to a PRACK, are no end of the call', async () => {
  const pair = new DialogPair();
  pair.bob.listener.request = request => request.respond(481);
  assert.is((await settled(pair, pair.a.request('NOTIFY'))).status, 481);
  assert.is((await settled(pair, pair.a.request('PRACK'))).status, 481);
  pair.loses = message => message.kind === 'request' && message.method === 'NOTIFY';
  const silent = await settled(pair, pair.a.request('NOTIFY'), 33_000);
  assert.is(silent.status, null);
  assert.is(silent.reason, 'no response (Timer F)');
  assert.equal(pair.alice.ends, []);
  await ended(pair);
});

test('silence to an INFO ends the dialog', async () => {
  const pair = new DialogPair();
  pair.loses = message => message.kind === 'request' && message.method === 'INFO';
  const silent = await settled(pair, pair.a.request('INFO'), 33_000);
  assert.is(silent.status, null);
  assert.is(pair.alice.ends[0]?.by, 'failed');
  assert.is(pair.bob.ends[0]?.by, 'remote');
  assert.equal(await pair.left(), NOTHING);
});

test('in an early dialog 481 is told and ends nothing: that is for the INVITE', async () => {
  const pair = new DialogPair({ early: true });
  pair.bob.listener.request = request => request.respond(481);
  assert.is((await settled(pair, pair.a.request('INFO'))).status, 481);
  assert.not(pair.a.closed);
  pair.a.close();
  pair.b.close();
  assert.equal(await pair.left(), NOTHING);
});

test('a PRACK goes to whoever waits for it', async () => {
  const pair = new DialogPair({ early: true });
  pair.b.onPrack = (request, transaction) =>
    transaction.respond(createResponse(request, 200, { headers: [['X-RAck', request.headers.get('RAck') ?? '']] }));
  const answered = await settled(pair, pair.a.request('PRACK', { headers: [['RAck', '1 1 INVITE']] }));
  assert.is(answered.headers.get('X-RAck'), '1 1 INVITE');
  pair.a.close();
  pair.b.close();
  assert.equal(await pair.left(), NOTHING);
});

test('a challenge is answered once, and later requests carry credentials unasked with a rising count', async () => {
  const pair = new DialogPair();
  const counts: (string | undefined)[] = [];
  pair.bob.listener.request = request => {
    const authorization = request.request.headers.get('Authorization');
    counts.push(/nc=(\d+)/.exec(authorization ?? '')?.[1]);
    if (authorization) request.respond(200);
    else request.respond(401, undefined, [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']]);
  };
  assert.is((await settled(pair, pair.a.request('INFO'))).status, 200);
  assert.is((await settled(pair, pair.a.request('INFO'))).status, 200);
  assert.equal(counts, [undefined, '00000001', '00000002']);
  const sequence = pair.bob.heardRequests('INFO').map(each => each.headers.get('CSeq'));
  assert.equal(sequence, ['2 INFO', '3 INFO', '4 INFO']);
  await ended(pair);
});

test('a retransmitted BYE is answered 200 again, one of a dialog that is gone 481', async () => {
  const pair = new DialogPair();
  pair.loses = message => message.kind === 'response' && pair.bob.heardRequests('BYE').length < 3;
  const bye = pair.a.bye();
  await pair.settle(4000);
  assert.equal(await bye, { status: 200 });
  assert.is(pair.bob.ends.length, 1);
  assert.ok(pair.bob.heardRequests('BYE').length >= 3);
  assert.equal(await pair.left(), NOTHING);

  const gone = new DialogPair();
  gone.b.close();
  const late = gone.a.bye();
  await gone.settle();
  assert.equal(await late, { status: 481 });
  assert.equal(await gone.left(), NOTHING);
});

test('both may say BYE at once; neither hears of an end that it asked for', async () => {
  const pair = new DialogPair();
  const both = [pair.a.bye(), pair.b.bye(), pair.a.bye()];
  await pair.settle();
  assert.equal(await Promise.all(both), [{ status: 200 }, { status: 200 }, { status: 200 }]);
  assert.equal([...pair.alice.ends, ...pair.bob.ends], []);
  assert.equal(await pair.left(), NOTHING);
});

test('after the end nothing is sent and nothing rejects', async () => {
  const pair = new DialogPair();
  await ended(pair);
  const before = pair.alice.hops.length;
  assert.is((await pair.a.request('INFO')).status, null);
  assert.is((await pair.a.change(Buffer.from('v=0'))).kind, 'refused');
  assert.equal(await pair.a.bye(), { status: 200 });
  assert.is(pair.alice.hops.length, before);
});

test('what cannot be written, or is not sent this way, is refused', async () => {
  const pair = new DialogPair();
  for (const [run, code] of [
    [() => pair.a.request('INFO', { headers: [['X', 'a\r\nb']] }), 'sip.line-break'],
    [() => pair.a.request('BYE'), 'sip.bad-method'],
    [() => pair.a.request('INVITE'), 'sip.bad-method'],
    [() => pair.a.change(Buffer.alloc(0), { method: 'UPDATE' }), 'sip.no-offer'],
    [() => pair.a.bye([['X Y', '']]), 'sip.header-name'],
  ] as const) {
    await (run() as Promise<unknown>).then(
      () => assert.unreachable(code),
      error => assert.is(error.code, code),
    );
  }
  assert.not(pair.a.closed);
  await ended(pair);
});

test('a stack that is closed lets go of every promise', async () => {
  const pair = new DialogPair();
  const waiting = [pair.a.request('REFER'), pair.a.request('REFER')];
  const change = pair.a.change(Buffer.from('v=0'));
  await pair.settle(10);
  pair.alice.transactions.close();
  pair.alice.dialogs.close();
  pair.bob.transactions.close();
  pair.bob.dialogs.close();
  assert.equal(
    (await Promise.all(waiting)).map(({ status }) => status),
    [null, null],
  );
  assert.is((await change).kind, 'refused');
  assert.is(pair.clock.pendingTimers, 0);
});

test.run();
