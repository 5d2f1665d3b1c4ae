import * as assert from 'uvu/assert';
import { callBox } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { bindUdp, closeUdp } from '../rig/udp-socket.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks', 'builtin'] });

/** Dials and returns how it ended, at the latest after Timer B (32 s). */
async function dialInVain(uri: string): Promise<string[]> {
  const { application } = rig.box;
  const { connectionId } = await application.dial(await application.createSession(), uri);
  return (await rig.webhook.story(connectionId, 40_000)).map(briefly);
}

/** Calls and never acknowledges the answer: it is repeated for 64·T1, then the call is ended by BYE. */
async function callWithoutAck(): Promise<void> {
  const caller = await callBox(rig, rig.box, 'tone', { frequencyHz: 400, scenario: 'call-without-ack' });
  await caller.sip.logged('ENDED', 40_000);
  await caller.sip.succeeded();
  const answers = caller.sip.messages().filter(({ sent, text }) => !sent && text.startsWith('SIP/2.0 200'));
  assert.is(answers.length, 11, 'sent at 0, 0.5, 1.5, 3.5, 7.5 s and every 4 s until 31.5 s (RFC 3261 §13.3.1.4)');
  const log = rig.ownIfAny?.log();
  if (log) assert.match(log, 'the answer was never acknowledged');
}

rig.test('whoever never says a word, or is not there at all, is given up', async () => {
  const silent = await bindUdp(rig.us);
  rig.keep({ close: () => closeUdp(silent) });
  const invites: Buffer[] = [];
  silent.on('message', datagram => invites.push(datagram));
  const gone = await bindUdp(rig.us);
  const closedPort = gone.address().port;
  await closeUdp(gone);

  const [never, noUdp, noTcp] = await Promise.all([
    dialInVain(`sip:x@${rig.us}:${silent.address().port}`),
    dialInVain(`sip:x@${rig.us}:${closedPort}`),
    dialInVain(`sip:x@${rig.us}:${closedPort};transport=tcp`),
    callWithoutAck(),
  ]);
  assert.equal(never, ['callCreated', 'DIALING', 'HANGUP', 'callDestroyed 408']);
  assert.is(invites.length, 7, 'sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s (Timer A)');
  assert.is(new Set(invites.map(invite => invite.toString('utf8'))).size, 1, 'the same each time');
  assert.match(noUdp.at(-1) ?? '', /^callDestroyed (408|503)$/);
  assert.match(noTcp.at(-1) ?? '', /^callDestroyed (408|503)$/);
  const log = rig.ownIfAny?.log();
  if (log) assert.match(log, 'no response (Timer B)');
  assert.is(await rig.box.health(), 200);
  await rig.box.idle();
});

rig.run();
