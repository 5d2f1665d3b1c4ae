import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { LossyRelay } from '../rig/lossy-relay.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });
/** Of each way. */
const CALLS = 150;
const IMPAIRMENT = { loss: 0.3, duplicate: 0.1, reorder: 0.2 };
const SEED = 20_261_120;
/** Timer B, F or H (64 × T1), a call's hold, and another 64 × T1 for its BYE. */
const LONGEST_MS = 100_000;

/** What a lossy call may have become when it did not complete: given up by Timer B, or never acknowledged (Timer H). */
const ENDED_BY_A_TIMER = ['callDestroyed 408', 'callDestroyed 703'];

const lostBy = ({ toTarget, toClient }: LossyRelay) =>
  `lost ${toTarget.lost} of ${toTarget.lost + toTarget.passed} packets one way, ${toClient.lost} of ${toClient.lost + toClient.passed} the other`;

const callsOut = [
  'the box calls through 30 % loss both ways, doubled and overtaken packets: 149 of 150 calls complete',
  async () => {
    const { application } = rig.box;
    const port = await freePort();
    const relay = rig.keep(await LossyRelay.open({ host: '127.0.0.1', port }, SEED, IMPAIRMENT));
    // Its Contact names the relay, so that ACK and BYE take the lossy way too.
    const callee = rig.keep(
      await Sipp.start({
        scenario: 'answer',
        port,
        calls: CALLS,
        limitSeconds: 130,
        keys: { contact_port: relay.port },
      }),
    );
    const session = await application.createSession();
    const connections: string[] = [];
    for (let i = 0; i < CALLS; i++) {
      connections.push((await application.dial(session, `sip:x@${relay.host}:${relay.port}`)).connectionId);
    }
    const outcomes = connections.map(async connectionId => {
      const answered = await until(
        'the call to be answered or over',
        () => rig.webhook.ofConnection(connectionId).find(({ state }) => state === 'ACTIVE' || state === 'HANGUP'),
        { limitMs: LONGEST_MS, everyMs: 100 },
      );
      if (answered.state === 'ACTIVE') await application.hangUp(session, connectionId);
      const end = (await rig.webhook.story(connectionId, LONGEST_MS)).map(briefly).at(-1) ?? '';
      return answered.state === 'ACTIVE' && end === 'callDestroyed 700' ? 'complete' : end;
    });
    const failed = (await Promise.all(outcomes)).filter(outcome => outcome !== 'complete');
    await callee.close();
    console.log(`outgoing: ${CALLS - failed.length} of ${CALLS} complete ${failed.join(', ')}; ${lostBy(relay)}`);
    assert.ok(relay.toTarget.lost > 50 && relay.toClient.lost > 50, 'packets were lost');
    assert.ok(failed.length <= 1, `${failed.length} failed: ${failed}`);
    assert.ok(
      failed.every(end => ENDED_BY_A_TIMER.includes(end)),
      String(failed),
    );
  },
] as const;

const callsIn = [
  'the box is called through 30 % loss both ways, doubled and overtaken packets: 149 of 150 calls complete',
  async () => {
    const relay = rig.keep(await LossyRelay.open(rig.box.sipAddress, SEED, IMPAIRMENT));
    const caller = rig.keep(
      await Sipp.start({
        scenario: 'call',
        user: 'room-lossy',
        remote: rig.box.sipAddress,
        via: relay,
        calls: CALLS,
        rate: 20,
        limitSeconds: 130,
        keys: { hold_ms: 500 },
      }),
    );
    await caller.ended(LONGEST_MS + 40_000);
    const { successful, failed } = caller.counts();
    console.log(`incoming: ${successful} of ${CALLS} complete, ${failed} failed; ${lostBy(relay)}`);
    assert.ok(relay.toTarget.lost > 50 && relay.toClient.lost > 50, 'packets were lost');
    assert.ok(successful >= CALLS - 1, `${successful} of ${CALLS}`);
  },
] as const;

// Both mostly wait for the timers of RFC 3261.
rig.together(2, [callsOut, callsIn]);

rig.test('nothing is left behind', async () => {
  const [first] = rig.own.rtpPorts;
  await until('every RTP port to be closed', () => rig.own.workerFigures().udpPorts.every(port => port < first), {
    state: () => rig.own.workerFigures().udpPorts,
  });
  assert.equal(rig.webhook.strange, []);
});

rig.run();
