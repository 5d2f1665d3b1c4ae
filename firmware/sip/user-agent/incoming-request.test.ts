import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { say, withCallee } from './callee.fixture.ts';

test('requests outside of dialogs reach their owner, which answers them', () =>
  withCallee(async callee => {
    const { agent, caller } = callee;
    const methods: string[] = [];
    agent.onRequest = incoming => {
      methods.push(incoming.method);
      assert.is(incoming.user, null);
      assert.is(incoming.source.port, caller.port);
      const { request } = incoming;
      const body = Buffer.from(request.body);
      incoming.respond(202, 'Fine', [['Expires', '60']], body, 'text/plain');
      incoming.respond(500);
      assert.ok(incoming.answered);
    };
    for (const method of ['REGISTER', 'MESSAGE', 'PUBLISH', 'SUBSCRIBE', 'NOTIFY', 'REFER', 'INFO']) {
      say(callee, method, { callId: method, body: 'hello', extra: ['Content-Type: text/plain'] });
      const answer = await caller.response(202);
      assert.is(answer.reason, 'Fine');
      assert.is(answer.headers.get('CSeq'), `1 ${method}`);
      assert.is(answer.headers.get('Expires'), '60');
      assert.is(answer.headers.get('Content-Type'), 'text/plain');
      assert.is(answer.body.toString(), 'hello');
      assert.match(answer.headers.get('To') ?? '', /;tag=\w+$/);
    }
    assert.is(methods.length, 7);
    assert.not(caller.received.some(each => each.kind === 'response' && each.status === 500));
    say(callee, 'OPTIONS', { callId: 'what' });
    const allowed = (await caller.response(200)).headers.getAll('Allow');
    for (const method of methods) assert.ok(allowed.includes(method), method);
  }));

test('an owner may answer later; one that never does is answered for', () =>
  withCallee(async callee => {
    callee.agent.onRequest = incoming => {
      if (incoming.method === 'MESSAGE') setImmediate(() => incoming.respond(200));
    };
    say(callee, 'MESSAGE', { callId: 'later' });
    await callee.caller.response(200);
    say(callee, 'PUBLISH', { callId: 'never' });
    await callee.caller.response(504);
  }));

test('an answer that cannot be written is refused, and leaves the request to be answered', () =>
  withCallee(async callee => {
    callee.agent.onRequest = incoming => {
      assert.throws(() => incoming.respond(200, undefined, [['X-Bad', 'a\r\nb']]), isCrosspointError);
      assert.not(incoming.answered);
      incoming.respond(403);
    };
    say(callee, 'MESSAGE', {});
    await callee.caller.response(403);
  }));

test('an owner that throws costs the sender a 500 and nobody else anything', () =>
  withCallee(async callee => {
    callee.agent.onRequest = () => {
      throw new Error('a fault in the owner');
    };
    say(callee, 'REGISTER', {});
    await callee.caller.response(500);
    say(callee, 'OPTIONS', {});
    await callee.caller.response(200);
  }));

test('a MESSAGE that comes by two ways is one message: 482 for the second (§8.2.2.2)', () =>
  withCallee(async callee => {
    let taken = 0;
    callee.agent.onRequest = incoming => {
      taken += 1;
      incoming.respond(200);
    };
    say(callee, 'MESSAGE', { branch: 'z9hG4bKone' });
    await callee.caller.response(200);
    say(callee, 'MESSAGE', { branch: 'z9hG4bKtwo' });
    await callee.caller.response(482);
    assert.is(taken, 1);
  }));

test('what belongs to a dialog that nobody knows is 481, whoever takes requests', () =>
  withCallee(async callee => {
    callee.agent.onRequest = () => assert.unreachable();
    for (const [method, toTag] of [
      ['BYE', undefined],
      ['PRACK', undefined],
      ['UPDATE', undefined],
      ['INFO', 'gone'],
      ['REFER', 'gone'],
    ] as const) {
      say(callee, method, { callId: `${method}-call`, ...(toTag && { toTag }) });
      assert.is((await callee.caller.response(481)).headers.get('CSeq'), `1 ${method}`);
    }
  }));

test.run();
