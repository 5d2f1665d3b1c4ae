import * as assert from 'uvu/assert';
import type { EventClient } from '../../firmware/api/testing/event-client.ts';
import { enter } from '../clients/clients-rig.ts';
import { Browser } from '../rig/browser.ts';
import { heldBy } from '../rig/held.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

/** Clients that join and leave, by DELETE and by closing their connection: what of them stays. */
const rig = new Rig({ needs: ['own'] });
/** Until everything is as large as it gets. */
const WARMING = 40;
const JOINS = 200;
/** Of those, every tenth closes its connection and says nothing over HTTP. */
const SILENT_EVERY = 10;

/** A publication after the other, several at a time: offer, ICE, DTLS, and away. Resolves with how often it connected. */
const JOIN_AND_LEAVE = `async (whip, token, joins, silentEvery) => {
  const context = new AudioContext();
  const tone = new OscillatorNode(context);
  const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  tone.connect(out);
  tone.start();
  const authorization = 'Bearer ' + token;
  const post = async body => {
    for (;;) {
      const answer = await fetch(whip, { method: 'POST', headers: { authorization, 'content-type': 'application/sdp' }, body });
      // 20 a second of one address, once 200 have come.
      if (answer.status !== 429) return answer;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  };
  const joined = async silent => {
    const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    peer.addTransceiver(out.stream.getAudioTracks()[0], { direction: 'sendonly' });
    await peer.setLocalDescription();
    const answer = await post(peer.localDescription.sdp);
    const connected = new Promise((resolve, reject) => {
      peer.onconnectionstatechange = () => {
        if (peer.connectionState === 'connected') resolve();
        if (peer.connectionState === 'failed') reject(new Error('no connection'));
      };
    });
    await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
    await connected;
    // It says something.
    await new Promise(resolve => setTimeout(resolve, 100));
    if (!silent) await fetch(new URL(answer.headers.get('location'), whip), { method: 'DELETE', headers: { authorization } });
    peer.close();
  };
  let next = 0;
  const lane = async () => {
    while (next < joins) await joined(next++ % silentEvery === silentEvery - 1);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  await context.close();
  return next;
}`;

rig.test('after 200 joins and leaves nothing of them is left: legs, streams, ports, files, memory', async () => {
  const { application, facts } = rig.box;
  const session = await application.createSession();
  const observer = await enter(rig, session);
  const browser = rig.keep(await Browser.start());
  const url = facts.http.replace('127.0.0.1', 'localhost');
  const page = await browser.open(`${url}/client/crosspoint.d.ts`);
  const token = application.token(session);
  const joinAndLeave = (joins: number) =>
    page.evaluate<number>(
      `(${JOIN_AND_LEAVE})('${url}/v2/session/${session}/whip', '${token}', ${joins}, ${SILENT_EVERY})`,
    );

  await joinAndLeave(WARMING);
  await leftBy(observer, session, WARMING);
  const before = heldBy(rig.own);
  const began = performance.now();
  assert.is(await joinAndLeave(JOINS), JOINS);
  const seconds = (performance.now() - began) / 1000;
  await leftBy(observer, session, WARMING + JOINS);
  const after = heldBy(rig.own);
  console.log(
    `${JOINS} joins in ${seconds.toFixed(1)} s; ` +
      `service ${before.serviceKb} → ${after.serviceKb} KB, worker ${before.workerKb} → ${after.workerKb} KB`,
  );
  for (const figure of ['workerFiles', 'workerThreads', 'workerPorts', 'liveCalls'] as const)
    assert.is(after[figure], before[figure], figure);
  assert.ok(after.serviceFiles <= before.serviceFiles + 12, `files of the service: ${after.serviceFiles}`);
  assert.ok(after.workerKb < before.workerKb + 4_000, 'memory of the worker');
  assert.ok(after.serviceKb < before.serviceKb + 20_000, 'memory of the service');
});

/** All who came have gone, and the media port with them: it is bound while somebody uses it. */
async function leftBy(observer: EventClient, session: string, joins: number): Promise<void> {
  const count = (type: string) => observer.told.filter(each => each.type === type).length;
  const others = () => ({ came: count('connectionCreated'), left: count('connectionDestroyed') });
  await until('everybody to leave', () => others().left === joins, { limitMs: 15_000, everyMs: 50, state: others });
  assert.is(others().came, joins);
  // On a slow machine somebody may have left before anybody was told of its stream.
  assert.is(count('streamDestroyed'), count('streamCreated'));
  assert.ok(count('streamCreated') > joins / 2, `only ${count('streamCreated')} streams`);
  assert.equal(await rig.box.application.streams(session), []);
  await until('the media port to be given back', () => heldBy(rig.own).workerPorts === 0, {
    state: () => rig.own.workerFigures().udpPorts,
  });
}

rig.run();
