import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Operator } from './operator.ts';

const rig = new Rig({ needs: ['own'] });
const operator = new Operator(() => rig.box);

rig.test('kill -9 in the middle of calls: their records are closed at the next start, and say why', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const [talking, ringing] = [
    await startPhone(rig, { frequencyHz: 400 }),
    await startPhone(rig, { frequencyHz: 400, scenario: 'ring' }),
  ];
  const answered = await application.dial(session, talking.uri);
  const unanswered = await application.dial(session, ringing.uri);
  await talking.sip.logged('ANSWERED');
  const [live] = await operator.calls(`state=ACTIVE&text=${answered.connectionId}`);
  assert.ok(live);
  await rig.own.kill();
  await rig.own.startAgain();

  const record = await operator.ended(answered.connectionId);
  assert.equal([record.id, record.createdAt, record.activeAt], [live.id, live.createdAt, live.activeAt]);
  assert.equal([record.to, record.target, record.codecs], [live.to, live.target, live.codecs]);
  assert.equal([record.result, record.reason?.detail], ['dropped', 'the service was killed']);
  assert.equal([record.verdict?.rule, record.verdict?.side], ['service-killed', 'box']);
  assert.match(record.verdict?.sentence ?? '', /killed while the call was answered/);
  assert.ok(record.endedAt !== null && record.endedAt > record.createdAt);

  const other = await operator.ended(unanswered.connectionId);
  assert.equal([other.result, other.activeAt, other.verdict?.rule], ['failed', null, 'service-killed']);
  assert.equal(await operator.calls('state=live'), []);
});

rig.run();
