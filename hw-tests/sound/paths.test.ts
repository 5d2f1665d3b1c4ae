import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { TonePhone } from '../rig/tone-phone.ts';
import type { Heard } from '../rig/tones.ts';
import { until } from '../rig/until.ts';

const HOST = '127.0.0.1';

/** Who is heard, and who is not; gaps of a busy machine are not what is asked for here. */
function hears(heard: Heard, frequency: number, not: number): void {
  assert.ok(heard.atLeast(frequency) >= -24, `${frequency} Hz is at ${heard.atLeast(frequency).toFixed(1)} dBov`);
  hearsNothingOf(heard, not);
}

// Two calls at a time: the third is on a port that was just closed.
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      media: { host: HOST, ports: freePortRange(4), workers: 1 },
      trunks: [{ name: 'pbx', targets: [], sources: [HOST], rtpFrom: 'follow', keepAliveSeconds: 1 }],
      numbers: [{ number: '300', to: { builtin: 'echo' } }],
    },
  },
});

rig.test('a far end that goes on sending after its BYE is not heard in the next call on its port', async () => {
  const { application } = rig.box;
  const stays = await startPhone(rig, { frequencyHz: 1100 });
  const ghost = await startPhone(rig, { frequencyHz: 500 });
  const session = await application.createSession();
  const { connectionId: staying } = await application.dial(session, stays.uri);
  const { connectionId: ended } = await application.dial(session, ghost.uri);
  await rig.webhook.state(staying, 'ACTIVE');
  await rig.webhook.state(ended, 'ACTIVE');
  hears(await stays.media.listen(1), 500, 1100);
  await application.hangUp(session, ended);
  await rig.webhook.state(ended, 'HANGUP');
  const before = ghost.media.sent;

  // Behind a NAT: what it says in SDP is not where it sends from.
  const natted = await startPhone(rig, { frequencyHz: 1700, keys: { rtp_port: await freePort(HOST) } });
  const { connectionId: next } = await application.dial(session, natted.uri);
  await natted.sip.logged('MEDIA');
  const [, host = '', port = ''] = /MEDIA \S+ (\S+) (\d+)/.exec(await natted.sip.logged('MEDIA')) ?? [];
  natted.media.hush();
  await rig.webhook.state(next, 'ACTIVE');
  // The ghost has the port for itself for a while.
  await until('fifty packets of the ghost', () => ghost.media.sent > before + 50);
  natted.media.talkTo({ host, port: Number(port) });
  const [atStays, atNatted] = await Promise.all([stays.media.listen(1), natted.media.listen(1)]);
  hears(atStays, 1700, 500);
  hears(atNatted, 1100, 1700);
  ghost.media.hush();
  for (const id of [staying, next]) await application.hangUp(session, id);
  await rig.box.idle();
});

rig.test(
  'a caller whose NAT gives it another port in mid-call is followed; one with another stream is not',
  async () => {
    const caller = await SteeredPhone.calling(rig, rig.box, '300', { frequencyHz: 700 });
    hears(await caller.media.listen(1), 700, 3_000);
    const [, host = '', port = ''] =
      /MEDIA \S+ (\S+) (\d+)/.exec(caller.sip.log.find(line => /MEDIA/.test(line)) ?? '') ?? [];
    const remote = { host, port: Number(port) };
    caller.media.hush();
    const thief = rig.keep(await TonePhone.open({ frequencyHz: 900, host: rig.us }));
    thief.talkTo(remote);
    const moved = rig.keep(await TonePhone.open({ frequencyHz: 1300, host: rig.us, ssrc: caller.media.ssrc }));
    await sleep(1_000);
    assert.is(thief.received, 0);
    moved.talkTo(remote);
    hears(await moved.listen(1), 1300, 3_000);
    assert.is(thief.received, 0);
    await caller.leave();
    await rig.box.idle();
  },
);

rig.test(
  'a caller that holds us is sent packets without sound to keep its NAT open, and is heard again after it',
  async () => {
    const caller = await SteeredPhone.calling(rig, rig.box, '300', { frequencyHz: 700 });
    hears(await caller.media.listen(1), 700, 3_000);
    await caller.offer({ direction: 'sendonly' });
    const { received } = caller.media;
    const unknown = caller.media.strange;
    await sleep(4_200);
    const kept = caller.media.strange - unknown;
    assert.ok(kept >= 3 && kept <= 6, `${kept} packets in four seconds`);
    assert.ok(caller.media.received - received <= kept + 3);
    await caller.offer({ direction: 'sendrecv' });
    hears(await caller.media.listen(1), 700, 3_000);
    await caller.leave();
    await rig.box.idle();
  },
);

rig.run();
