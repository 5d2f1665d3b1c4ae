import * as assert from 'uvu/assert';
import { EventClient } from '../../firmware/api/testing/event-client.ts';
import { OpenTok } from '../../firmware/api/testing/opentok-sdk.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { enter } from './clients-rig.ts';

const foreign = { apiKey: '46000002', apiSecret: 'the secret of another project' };
const rig = new Rig({ needs: ['own'], box: { moreProjects: [{ opentok: foreign }] } });

async function codeFor(session: string, token: string): Promise<number> {
  const client = new EventClient(rig.box.facts.http, session);
  rig.keep({ close: () => client.socket.terminate() });
  await client.opened();
  client.send({ type: 'connect', token });
  return (await client.closed).code;
}

rig.test('tokens of another session, another project, or another time let nobody in', async () => {
  const { application } = rig.box;
  const [session, other] = [await application.createSession(), await application.createSession()];
  const strangers = new OpenTok(foreign.apiKey, foreign.apiSecret, application.url);
  const theirs = await new Promise<string>((resolve, reject) =>
    strangers.createSession({ mediaMode: 'routed' }, (error, result) =>
      error ? reject(error) : resolve(result.sessionId),
    ),
  );
  const now = Math.floor(Date.now() / 1000);
  const soon = application.token(session, { expireTime: now + 1 });
  assert.is(await codeFor(session, application.token(other)), 4401);
  assert.is(await codeFor(theirs, application.token(session)), 4401);
  assert.is(await codeFor(session, strangers.generateToken(theirs)), 4401);
  assert.is(await codeFor(theirs, strangers.generateToken(theirs, {}, true).slice(0, -4)), 4401);
  await new Promise(resolve => setTimeout(resolve, 2_000));
  assert.is(await codeFor(session, soon), 4401);
  // What REST takes is no token of a participant.
  assert.is(await codeFor(session, application.credential()), 4401);
});

rig.test('strangers who say nothing are sent away after 5 s, 100 at a time, in one line of the log', async () => {
  const session = await rig.box.application.createSession();
  const before = rig.own.log().length;
  const strangers = Array.from({ length: 150 }, () => new EventClient(rig.box.facts.http, session));
  const codes = (await Promise.all(strangers.map(({ closed }) => closed))).map(({ code }) => code);
  assert.is(codes.filter(code => code === 4401).length, 100);
  assert.is(codes.filter(code => code === 1013).length, 50);
  assert.ok(rig.own.log().slice(before).split('\n').length < 5);
  // And whoever comes with a token finds room.
  await enter(rig, session);
});

rig.test('floods end who sends them, and the box serves everybody else', async () => {
  const session = await rig.box.application.createSession();
  const other = await enter(rig, session);
  const flooders = await Promise.all(Array.from({ length: 10 }, () => enter(rig, session)));
  for (const [i, flooder] of flooders.entries())
    for (let n = 0; n < 2_000; n++)
      flooder.send(
        i % 2 === 0 ? { type: 'signal', id: n, signalType: 'x', data: 'y'.repeat(4_000) } : { type: 'ping', id: n },
      );
  const codes = await Promise.all(flooders.map(({ closed }) => closed));
  assert.equal(
    [...new Set(codes.map(({ code }) => code))].filter(code => code !== 4429 && code !== 1006),
    [],
  );
  await until('all of them to be gone', () => {
    const gone = other.told.filter(({ type }) => type === 'connectionDestroyed').length;
    return gone >= flooders.length;
  });
  assert.is((await other.ask('ping')).ok, true);
  assert.is(await rig.box.health(), 200);
});

rig.test('messages that are none end the channel', async () => {
  const session = await rig.box.application.createSession();
  for (const [nonsense, code] of [
    ['x', 4400],
    ['null', 4400],
    ['{"type":"ping"}', 4400],
    ['{"type":"ping","id":-1}', 4400],
    [`{"type":"signal","id":1,"data":"${'x'.repeat(20_000)}"}`, 1009],
  ] as const) {
    const client = await enter(rig, session);
    client.send(nonsense);
    assert.is((await client.closed).code, code, nonsense.slice(0, 30));
  }
});

rig.run();
