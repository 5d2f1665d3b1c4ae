import type dgram from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { EventClient } from '../../firmware/api/testing/event-client.ts';
import { CHROMIUM_PUBLISHES, CHROMIUM_SUBSCRIBES } from '../../firmware/webrtc/offers.samples.ts';
import { Application } from '../rig/application.ts';
import { hears } from '../rig/hearing.ts';
import { MqttListener } from '../rig/mqtt-listener.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { BINDING_SUCCESS, connectivityCheck } from '../rig/stun.ts';
import { bindUdp, closeUdp } from '../rig/udp-socket.ts';
import { until } from '../rig/until.ts';
import { Webrtcbin } from '../rig/webrtcbin.ts';
import { postOffer, type StreamPlace, WhipResource } from '../rig/whip.ts';

/** What the box says no to, or nothing, and what that costs it. */
const foreign = { apiKey: '46000002', apiSecret: 'the secret of another project' };
const rig = new Rig({ needs: ['own'], box: { moreProjects: [{ opentok: foreign }] } });
const PHONE = 400;
const BROWSER = 700;

function placeOf(session: string, token: string, kind: StreamPlace['kind'] = 'whip'): StreamPlace {
  return { url: rig.box.facts.http, session, token, kind };
}

async function refusalOf(place: StreamPlace, offer = CHROMIUM_PUBLISHES): Promise<string> {
  const { status, body } = await postOffer(place, offer);
  return `${status} ${body.error}`;
}

const linesOf = (log: string, word: string) => log.split('\n').filter(line => line.includes(word));

rig.test('a far end whose certificate is another than its offer says is refused: no stream, one warning', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const before = rig.own.log().length;
  // The first byte of the fingerprint is another one.
  const alter = (offer: string) =>
    offer.replace(/(a=fingerprint:sha-256 )(..)/, (_, name, byte) => `${name}${byte === '00' ? '01' : '00'}`);
  const peer = rig.keep(await Webrtcbin.start({ ...placeOf(session, application.token(session)), hz: BROWSER, alter }));
  const log = () => rig.own.log().slice(before);
  await until('the refusal', () => log().includes('media.dtls-fingerprint'), { limitMs: 10_000, state: log });
  await until('the resource to be gone', async () => (await peer.resource.delete()) === 404);
  assert.equal(await application.streams(session), []);
  assert.is(peer.states().includes('connected'), false);
  assert.is(linesOf(log(), '"level":40').length, 1, log());
  await until('an alert at the far end', () => peer.states().includes('failed'), { state: () => peer.states() });
});

rig.test('checks that are forged, name nobody, or were recorded elsewhere are not answered, and counted', async () => {
  const { application, facts } = rig.box;
  const session = await application.createSession();
  const operator = rig.keep(await MqttListener.open(facts.mqttUrl));
  const resource = await WhipResource.create(placeOf(session, application.token(session)), CHROMIUM_PUBLISHES);
  const [ufrag, password] = [resource.attribute('ice-ufrag'), resource.attribute('ice-pwd')];
  const [client, thief] = [await socketAt(resource), await socketAt(resource)];
  const recorded = connectivityCheck(ufrag, password);
  await answered(client, recorded);

  const nobodys = [
    connectivityCheck(ufrag, `${password.slice(1)}X`),
    connectivityCheck('nobody', password),
    recorded,
    Buffer.concat([recorded.subarray(0, 40), Buffer.alloc(recorded.length - 40)]),
  ];
  const heard: Buffer[] = [];
  thief.on('message', datagram => heard.push(datagram));
  for (const datagram of nobodys) thief.send(datagram);
  // What came before this one has been dealt with.
  await answered(thief, connectivityCheck(ufrag, password));
  assert.is(heard.length, 1);
  const counted = await operator.find('the count of those', ({ payload }) => strangersOf(payload) >= nobodys.length);
  assert.is(strangersOf(counted.payload), nobodys.length);
  assert.is(await resource.delete(), 200);
});

rig.test('tokens that are expired, of another session or project, or of too small a role open nothing', async () => {
  const { application } = rig.box;
  const [session, other] = [await application.createSession(), await application.createSession()];
  const now = Math.floor(Date.now() / 1000);
  const expired = application.token(session, { expireTime: now + 1 });
  const strangers = new Application(application.url, foreign);
  const theirs = await strangers.createSession();
  const refused = async (token: string, kind: StreamPlace['kind'] = 'whip') =>
    refusalOf(placeOf(session, token, kind), kind === 'whip' ? CHROMIUM_PUBLISHES : CHROMIUM_SUBSCRIBES);
  assert.is(await refused(application.token(other)), '401 http.token-refused');
  assert.is(await refused(application.token(other), 'whep'), '401 http.token-refused');
  assert.is(await refused(strangers.token(theirs)), '401 http.token-refused');
  assert.is(await refused(application.credential()), '401 http.token-refused');
  assert.is(await refused(application.token(session, { role: 'subscriber' })), '403 session.may-not-publish');
  assert.is(
    await refused(application.token(session, { role: 'publisheronly' }), 'whep'),
    '403 session.may-not-subscribe',
  );
  await sleep(2_000);
  assert.is(await refused(expired), '401 http.token-refused');
  const client = rig.keep(await eventsOf(session));
  assert.is(client.told[0]?.connections.length, 1, 'nobody has entered but who asks');
});

rig.test(
  'a flood of offers, channels and datagrams of nobody leaves a call as it is, and costs nothing that stays',
  async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const phone = await startPhone(rig, { frequencyHz: PHONE });
    const { streamId } = await application.dial(session, phone.uri);
    await phone.sip.logged('ANSWERED');
    const place = placeOf(session, application.token(session));
    const speaker = rig.keep(await Webrtcbin.start({ ...place, hz: BROWSER }));
    const listener = rig.keep(await Webrtcbin.start({ ...place, kind: 'whep', stream: streamId }));
    await Promise.all([speaker.connected(), listener.connected()]);
    const before = { service: rig.own.figures(), worker: rig.own.workerFigures(), log: rig.own.log().length };

    const end = new AbortController();
    const [atPhone, atListener, statuses, codes, sent] = await Promise.all([
      phone.media.listen(5),
      listener.listen(5).finally(() => end.abort()),
      offersUntil(end.signal, session),
      channelsOfNobody(150, session),
      datagramsUntil(end.signal, speaker.resource),
    ]);
    hears(atPhone, BROWSER);
    hears(atListener, PHONE);
    assert.equal([...statuses.keys()].sort(), [401, 429]);
    assert.equal([...codes.keys()].sort(), [1013, 4401]);
    // Those who came from here are held back for a second, like everybody of an address.
    await until('a friend to be let in', async () => (await refusalOf(place, 'x')) === '400 sdp.malformed');
    const after = { service: rig.own.figures(), worker: rig.own.workerFigures() };
    const lines = rig.own.log().slice(before.log).split('\n').length;
    console.log(
      `${[...statuses].map(([status, n]) => `${n} × ${status}`).join(', ')}; ${sent} datagrams; ${lines} lines of log; ` +
        `service ${before.service.residentKb} → ${after.service.residentKb} KB, ` +
        `worker ${before.worker.residentKb} → ${after.worker.residentKb} KB`,
    );
    assert.ok(lines < 10, rig.own.log().slice(before.log));
    assert.ok(sent > 10_000, `only ${sent} datagrams were sent`);
    // Connections that are kept for our next requests.
    assert.ok(after.service.openFiles <= before.service.openFiles + 12, 'files of the service');
    assert.is(after.worker.openFiles, before.worker.openFiles, 'files of the worker');
    assert.ok(after.worker.residentKb < before.worker.residentKb + 8_000, 'memory of the worker');
    assert.ok(after.service.residentKb < before.service.residentKb + 60_000, 'memory of the service');
  },
);

async function eventsOf(session: string): Promise<EventClient & { close(): void }> {
  const client = await EventClient.entered(rig.box.facts.http, session, rig.box.application.token(session));
  return Object.assign(client, { close: () => client.socket.terminate() });
}

/** A client's socket that sends to where the box takes the media. */
async function socketAt({ media }: WhipResource): Promise<dgram.Socket> {
  const socket = await bindUdp('127.0.0.1');
  rig.keep({ close: () => closeUdp(socket) });
  socket.connect(media.port, media.host);
  await once(socket, 'connect');
  return socket;
}

/** Sends a check; fails unless it succeeds. */
async function answered(socket: dgram.Socket, check: Buffer): Promise<void> {
  const answer = once(socket, 'message', { signal: AbortSignal.timeout(3_000) });
  socket.send(check);
  const [datagram] = (await answer) as [Buffer];
  assert.is(datagram.readUInt16BE(0), BINDING_SUCCESS);
  assert.equal(datagram.subarray(8, 20), check.subarray(8, 20));
}

function strangersOf(payload: Readonly<Record<string, unknown>>): number {
  const workers = payload.workers as readonly { readonly iceStrangers: number }[] | undefined;
  return workers?.[0]?.iceStrangers ?? 0;
}

/** Offers with nonsense for a token, as fast as they are answered; how often which status came. */
async function offersUntil(end: AbortSignal, session: string): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const lane = async () => {
    while (!end.aborted) {
      const { status } = await postOffer(placeOf(session, 'nonsense'), CHROMIUM_PUBLISHES);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return statuses;
}

/** Event channels that never say who they are; how often which close code came. */
async function channelsOfNobody(count: number, session: string): Promise<Map<number, number>> {
  const strangers = Array.from({ length: count }, () => new EventClient(rig.box.facts.http, session));
  const codes = new Map<number, number>();
  for (const { code } of await Promise.all(strangers.map(({ closed }) => closed)))
    codes.set(code, (codes.get(code) ?? 0) + 1);
  return codes;
}

/** 5000 a second: checks with a wrong password, of nobody, and noise. */
async function datagramsUntil(end: AbortSignal, resource: WhipResource): Promise<number> {
  const socket = await socketAt(resource);
  const kinds = [
    connectivityCheck(resource.attribute('ice-ufrag'), 'a password that is wrong'),
    connectivityCheck('nobody', 'a password that is wrong'),
    Buffer.alloc(1200, 0x80),
    Buffer.alloc(60, 22),
  ];
  let sent = 0;
  while (!end.aborted) {
    for (let i = 0; i < 50; i++) socket.send(kinds[sent++ % kinds.length] ?? '');
    await sleep(10);
  }
  return sent;
}

rig.run();
