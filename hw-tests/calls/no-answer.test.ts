import * as assert from 'uvu/assert';
import { Rig } from '../rig/rig.ts';
import { bindUdp, closeUdp } from '../rig/udp-socket.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });

/** Dials and returns how it ended, at the latest after Timer B (32 s). */
async function dialInVain(uri: string): Promise<string[]> {
  const { application } = rig.box;
  const { connectionId } = await application.dial(await application.createSession(), uri);
  return (await rig.webhook.story(connectionId, 40_000)).map(briefly);
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
  ]);
  assert.equal(never, ['callCreated', 'DIALING', 'HANGUP', 'callDestroyed 408']);
  assert.is(invites.length, 7, 'sent at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s (Timer A)');
  assert.is(new Set(invites.map(invite => invite.toString('utf8'))).size, 1, 'the same each time');
  assert.match(noUdp.at(-1) ?? '', /^callDestroyed (408|503)$/);
  assert.match(noTcp.at(-1) ?? '', /^callDestroyed (408|503)$/);
  assert.is(await rig.box.health(), 200);
  await rig.box.idle();
});

rig.run();
