import * as assert from 'uvu/assert';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { Operator } from './operator.ts';

const rig = new Rig({ needs: ['own'] });
const operator = new Operator(() => rig.box);
/** Shorter gaps are no verdict once the call is over. */
const GAP_MS = 5_000;

rig.test('a phone that falls silent: since when is told while it lasts, and afterwards', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await until('sound both ways', () => phone.media.received > 25);
  const hushedAt = Date.now();
  phone.media.hush();
  const live = await until('a verdict on the live call', async () => {
    const [call] = await operator.calls(`text=${connectionId}`);
    return call?.verdict && call;
  });
  assert.equal([live.state, live.verdict?.rule], ['ACTIVE', 'one-way-audio']);
  const since = Date.parse(/from (\S+) on/.exec(live.verdict?.sentence ?? '')?.[1] ?? '');
  assert.ok(Math.abs(since - hushedAt) < 1_000, live.verdict?.sentence);

  await until('the gap to last', () => Date.now() - since > GAP_MS + 200, { limitMs: GAP_MS + 2_000 });
  await application.hangUp(session, connectionId);
  const past = await until('a verdict on the past call', async () => {
    const call = await operator.ended(connectionId);
    return call.verdict && call;
  });
  assert.equal([past.result, past.verdict?.rule, past.verdict?.side], ['completed', 'one-way-audio', 'network']);
  assert.match(past.verdict?.sentence ?? '', new RegExp(`heard of the callee from ${new Date(since).toISOString()}`));
  assert.equal(past.verdict?.evidence.advertised, [past.sides[0]?.advertised]);
});

rig.run();
