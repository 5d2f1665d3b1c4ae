import { setTimeout as sleep } from 'node:timers/promises';
import { EventClient } from '../../firmware/api/testing/event-client.ts';
import { Application } from '../rig/application.ts';
import { freePort } from '../rig/free-ports.ts';
import type { OwnBox } from '../rig/own-box.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { startBox } from './bench-box.ts';
import { AUDIO_TYPE, type BrowserMedia, offerOf, readServer } from './browser-sdp.ts';
import type { Crowd, EndMedia, Speech } from './crowd.ts';
import { heard, newSsrc, seen, sent } from './end-media.ts';
import type { MediaKind, Member, Newcomer, OpenWebrtcServer, WebrtcRoom, WebrtcServer } from './webrtc-server.ts';

const HOST = '127.0.0.1';
/** Phones are few. */
const RTP_PORTS = 100;
/** As many offers of one address are looked into a second. */
const AGAIN_MS = 100;
/** An event channel is taken for broken after 30 s of silence. */
const PING_MS = 10_000;
const PHONE = { payload_type: 0, rtpmap: 'PCMU/8000' };

interface Offered extends BrowserMedia {
  /** Of the client whose stream it is; absent: it is one by itself. */
  readonly key?: string;
  readonly says?: Speech;
}

/** This product: WHIP, and WHEP of the mix or of a stream; phones are dialled. */
export const gatewayBrowsers: WebrtcServer = {
  name: 'crosspoint',
  missing: () => null,
  async open(crowd) {
    const box = await startBox(RTP_PORTS);
    const phones: Sipp[] = [];
    const clients: EventClient[] = [];
    const pings = setInterval(() => {
      for (const client of clients) client.send({ type: 'ping', id: 0 });
    }, PING_MS);
    return {
      mediaPids: box.workers(),
      controlPids: [box.pid],
      room: () => roomOf(box, crowd, phones, clients),
      async close() {
        clearInterval(pings);
        for (const { socket } of clients) socket.terminate();
        await Promise.all(phones.map(phone => phone.close()));
        await box.close();
      },
    } satisfies OpenWebrtcServer;
  },
};

async function roomOf(box: OwnBox, crowd: Crowd, phones: Sipp[], clients: EventClient[]): Promise<WebrtcRoom> {
  const application = new Application(box.facts.http, box.facts.project);
  const session = await application.createSession();
  const token = application.token(session);

  /** @returns a client's key */
  async function enter(): Promise<string> {
    const client = await EventClient.entered(box.facts.http, session, token);
    clients.push(client);
    return String(client.told[0]?.key);
  }

  /** @returns the end, and the stream that is published */
  async function connect(path: string, { key, says, ...offered }: Offered, media: EndMedia) {
    const { end, own } = crowd.newEnd();
    const url = `${box.facts.http}/v2/session/${session}/${path}`;
    const credentials = { authorization: `Bearer ${token}`, ...(key !== undefined && { 'crosspoint-client': key }) };
    const answer = await post(url, credentials, offerOf(own, [offered]));
    await crowd.browser(end, own, readServer(await answer.text(), 'answer'), media, says);
    return { end, stream: answer.headers.get('crosspoint-stream') ?? '' };
  }

  const publish = (kind: MediaKind, more: Pick<Offered, 'key' | 'says'> = {}) => {
    const ssrc = newSsrc();
    return connect('whip', { kind, direction: 'sendonly', ssrc, ...more }, sent(kind, ssrc));
  };
  const subscribe = (path: string, kind: MediaKind, media: EndMedia, key?: string) =>
    connect(path, { kind, direction: 'recvonly', ssrc: null, ...(key !== undefined && { key }) }, media);

  async function browser({ ear, says }: Newcomer, key: string): Promise<Member> {
    // A page does both at once.
    const [voice, mix] = await Promise.all([
      publish('audio', { key, ...(says && { says }) }),
      subscribe('whep', 'audio', heard(ear, AUDIO_TYPE), key),
    ]);
    return { speaks: voice.end, hears: mix.end };
  }

  async function phone({ ear, says }: Newcomer): Promise<Member> {
    const port = await freePort();
    const sipp = await Sipp.start({ scenario: 'answer', host: HOST, keys: { ...PHONE, rtp_port: port } });
    phones.push(sipp);
    await application.dial(session, `sip:phone@${HOST}:${sipp.port}`);
    const [, , host = '', remote] = (await sipp.logged('MEDIA')).split(' ');
    const { end } = crowd.newEnd();
    const media = { voice: { payloadType: PHONE.payload_type, ssrc: newSsrc() }, ...heard(ear, PHONE.payload_type) };
    crowd.phone(end, { local: { host: HOST, port }, remote: { host, port: Number(remote) } }, media, says);
    return { speaks: end, hears: end };
  }

  const isAnnounced = async (stream: string) => (await application.streams(session)).some(({ id }) => id === stream);

  return {
    async browser(newcomer) {
      // Whose key it is is not to hear itself.
      const key = await enter();
      return () => browser(newcomer, key);
    },
    phone,
    async publish(kind) {
      const published = await publish(kind);
      // The box hears of its media being secured a moment later than we do.
      await until('the stream to be announced', () => isAnnounced(published.stream));
      return published;
    },
    subscribe: async ({ stream }, kind) => (await subscribe(`whep?stream=${stream}`, kind, seen(kind))).end,
  };
}

/** @throws what the box answered */
async function post(url: string, credentials: Readonly<Record<string, string>>, offer: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', ...credentials },
      body: offer,
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.status === 201) return answer;
    const text = await answer.text();
    if (answer.status !== 429) throw new Error(`${new URL(url).pathname} was answered ${answer.status}: ${text}`);
    await sleep(AGAIN_MS);
  }
}
