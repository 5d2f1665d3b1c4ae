import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createResponse } from '../../transaction/response.ts';
import { ANSWER } from '../user-agent.fixture.ts';
import { fresh, hangUp, methods, onRig, to, until } from './outgoing-call.fixture.ts';

const SDP = [['Content-Type', 'application/sdp']] as const;

test('each branch of a fork has an early dialog; the one that answers keeps it, the others are closed', () =>
  onRig(async ({ agent, peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    peer.answer(invite, 180, port, { toTag: 'one' });
    peer.answer(invite, 183, port, { toTag: 'two', headers: SDP, body: ANSWER });
    peer.answer(invite, 180, port, { toTag: 'one' });
    await until(() => heard.progress.length === 3);
    const [one, two, oneAgain] = heard.progress;
    assert.is(one?.dialog?.remoteTag, 'one');
    assert.is(oneAgain?.dialog, one?.dialog);
    assert.is(two?.body, ANSWER.toString());
    assert.is(agent.dump().dialogs, 2);
    peer.answer(invite, 200, port, { toTag: 'two', headers: SDP, body: ANSWER });
    const { dialog } = await heard.accepted;
    assert.is(dialog, two?.dialog);
    assert.ok(one?.dialog?.closed);
    assert.is(agent.dump().dialogs, 1);
    await hangUp(dialog, peer, port);
  }));

test('a second answer is acknowledged and ended, also of a branch that had an early dialog', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    peer.answer(invite, 180, port, { toTag: 'one' });
    await until(() => heard.progress.length === 1);
    peer.answer(invite, 200, port, { toTag: 'two', body: ANSWER });
    const { dialog } = await heard.accepted;
    assert.match((await peer.request('ACK')).headers.get('To') ?? '', /tag=two/);
    for (const tag of ['one', 'three']) {
      peer.answer(invite, 200, port, { toTag: tag, body: ANSWER });
      assert.match((await peer.request('ACK')).headers.get('To') ?? '', new RegExp(`tag=${tag}`));
      const bye = await fresh(peer, 'BYE');
      assert.match(bye.headers.get('To') ?? '', new RegExp(`tag=${tag}`));
      peer.answer(bye, 200, port);
    }
    await hangUp(dialog, peer, port);
    assert.equal(heard.ends, ['accepted']);
  }));

test('199 ends the early dialog of its branch; the others go on (RFC 6228)', () =>
  onRig(async ({ agent, peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    assert.ok(invite.headers.getAll('Supported').includes('199'));
    peer.answer(invite, 180, port, { toTag: 'one' });
    peer.answer(invite, 180, port, { toTag: 'two' });
    peer.answer(invite, 199, port, { toTag: 'one', headers: [['Reason', 'SIP;cause=486']] });
    peer.answer(invite, 180, port, { toTag: 'one' });
    peer.answer(invite, 182, port, { toTag: 'two' });
    await until(() => heard.progress.at(-1)?.status === 182);
    assert.equal(
      heard.progress.map(each => each.status),
      [180, 180, 199, 182],
    );
    assert.ok(heard.progress[2]?.dialog?.closed);
    assert.is(agent.dump().dialogs, 1);
    peer.answer(invite, 486, port, { toTag: 'two' });
    assert.is((await heard.failed).status, 486);
  }));

test('a provisional response without a To-tag or a Contact is used', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    peer.send(createResponse(invite, 180), port);
    peer.send(createResponse(invite, 183, { toTag: 'one' }), port);
    await until(() => heard.progress.length === 2);
    assert.is(heard.progress[0]?.dialog, null);
    assert.is(heard.progress[1]?.dialog?.remoteTag, 'one');
    peer.answer(invite, 200, port, { toTag: 'one', body: ANSWER });
    await hangUp((await heard.accepted).dialog, peer, port);
  }));

test('a fork without end is kept to sixteen dialogs, and every branch is still told', () =>
  onRig(async ({ agent, peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    for (let branch = 0; branch < 40; branch++) peer.answer(invite, 180, port, { toTag: `b${branch}` });
    await until(() => heard.progress.length === 40);
    assert.is(agent.dump().dialogs, 16);
    assert.is(heard.progress[20]?.dialog, null);
    peer.answer(invite, 200, port, { toTag: 'b39', body: ANSWER });
    await hangUp((await heard.accepted).dialog, peer, port);
  }));

test('a cancelled call closes its early dialogs at once', () =>
  onRig(async ({ agent, peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    peer.answer(invite, 180, port, { toTag: 'one' });
    await until(() => heard.progress.length === 1);
    heard.invite.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
    assert.is(agent.dump().dialogs, 0);
    const cancel = await fresh(peer, 'CANCEL');
    assert.is(cancel.headers.get('Reason'), 'SIP;cause=200;text="Call completed elsewhere"');
    peer.answer(cancel, 200, port);
    peer.answer(invite, 487, port, { toTag: 'one' });
    assert.is((await heard.failed).cause, 'cancelled');
    await peer.request('ACK');
  }));

test('a CANCEL whose reason cannot be written is refused, and the call goes on', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port));
    const invite = await fresh(peer, 'INVITE');
    assert.throws(() => heard.invite.cancel([['Reason', 'a\r\nX-Evil: b']]));
    peer.answer(invite, 486, port);
    assert.is((await heard.failed).status, 486);
    assert.not(methods(peer).includes('CANCEL'));
  }));

test('an owner that throws is not the far end’s fault: its call goes on', () =>
  onRig(async ({ peers: [peer], port, call }) => {
    const heard = call(to(peer.port), {
      progress: () => {
        throw new Error('of the owner');
      },
    });
    const invite = await fresh(peer, 'INVITE');
    peer.answer(invite, 180, port);
    peer.answer(invite, 200, port, { body: ANSWER });
    await hangUp((await heard.accepted).dialog, peer, port);
  }));

test.run();
