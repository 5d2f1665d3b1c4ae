import * as assert from 'uvu/assert';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { Operator } from './operator.ts';

const PBX = '127.0.0.2';
const rig = new Rig({
  needs: ['own'],
  box: { config: { trunks: [{ name: 'pbx', sources: [PBX] }], numbers: [{ number: '100', to: { room: 'hall' } }] } },
});
const operator = new Operator(() => rig.box);

rig.test('an ACK that never comes: the verdict says where we had asked for it', async () => {
  const { host, udpPort: port } = rig.box.facts.sip;
  rig.keep(
    await Sipp.start({
      scenario: 'call-without-ack',
      host: PBX,
      remote: { host, port },
      user: '100',
      limitSeconds: 50,
    }),
  );
  const call = await until('the end of the call', async () => (await operator.calls('state=ended'))[0], {
    limitMs: 45_000,
    everyMs: 200,
  });
  // Its media did not come either, which is noticed two seconds before.
  assert.equal([call.reason?.code, call.result, call.verdict?.rule], ['704', 'dropped', 'ack-missing']);
  assert.equal(call.verdict?.evidence.contact, [`<sip:100@${host}:${port}>`]);
});

rig.run();
