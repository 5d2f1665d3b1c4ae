import os from 'node:os';
import { freePort } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import { AUDIO_TYPE, answerTo, offerOf, readServer } from './browser-sdp.ts';
import type { Crowd } from './crowd.ts';
import { heard, newSsrc, seen, sent } from './end-media.ts';
import { whyNotInstalled } from './installed.ts';
import { AUDIOBRIDGE, OPUS, roomOf, rtpPortOf } from './janus-audiobridge.ts';
import type { JanusClient } from './janus-client.ts';
import { startJanus } from './janus-process.ts';
import { portRange } from './port-range.ts';
import type { WebrtcRoom, WebrtcServer } from './webrtc-server.ts';

const VIDEOROOM = 'janus.plugin.videoroom';
const PORTS = 1_000;
const HOST = '127.0.0.1';
const PCMU_TYPE = 0;

type MakeRoom = (client: JanusClient, crowd: Crowd, room: number) => Promise<WebrtcRoom>;

function janus(name: string, plugin: string, makeRoom: MakeRoom): WebrtcServer {
  return {
    name,
    missing: () =>
      whyNotInstalled('janus', 'janus') ??
      (ownAddress() === null
        ? 'Janus takes no browsers over the loopback, and this machine has no other address'
        : null),
    async open(crowd) {
      const rtpPorts = portRange(PORTS).join('-');
      const { pid, client, close } = await startJanus({ plugin, rtpPorts, address: ownAddress() });
      let rooms = 0;
      return { mediaPids: [pid], controlPids: [], room: () => makeRoom(client, crowd, ++rooms), close };
    },
  };
}

function ownAddress(): string | null {
  const all = Object.values(os.networkInterfaces()).flatMap(each => each ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? null;
}

/** Rooms of 48 kHz, Opus encoded as ours, otherwise as it comes. A browser has one transport for both ways. */
export const janusMix = janus('Janus AudioBridge', 'audiobridge', async (client, crowd, room) => {
  await client.ask(await client.attach(AUDIOBRIDGE), roomOf(room, 48_000));
  return {
    async browser({ ear, says }) {
      const handle = await client.attach(AUDIOBRIDGE);
      return async () => {
        const { end, own } = crowd.newEnd();
        const ssrc = newSsrc();
        await client.ask(handle, { request: 'join', room, quality: OPUS.complexity });
        const offer = offerOf(own, [{ kind: 'audio', direction: 'sendrecv', ssrc }]);
        const { sdp } = await client.ask(handle, { request: 'configure', muted: false }, { type: 'offer', sdp: offer });
        await crowd.browser(
          end,
          own,
          readServer(sdp, 'answer'),
          { ...sent('audio', ssrc), ...heard(ear, AUDIO_TYPE) },
          says,
        );
        return { speaks: end, hears: end };
      };
    },
    async phone({ ear, says }) {
      const handle = await client.attach(AUDIOBRIDGE);
      const { end } = crowd.newEnd();
      const local = { host: HOST, port: await freePort() };
      const rtp = { ip: HOST, port: local.port };
      const { data } = await client.ask(handle, { request: 'join', room, codec: 'pcmu', rtp });
      const media = { voice: { payloadType: PCMU_TYPE, ssrc: newSsrc() }, ...heard(ear, PCMU_TYPE) };
      crowd.phone(end, { local, remote: { host: HOST, port: rtpPortOf(data) } }, media, says);
      return { speaks: end, hears: end };
    },
    publish: null,
    subscribe: null,
  };
});

/** A transport for each stream, published or subscribed to, as ours has it. */
export const janusForward = janus('Janus VideoRoom', 'videoroom', async (client, crowd, room) => {
  const create = { request: 'create', room, publishers: 100, audiocodec: 'opus', videocodec: 'vp8', bitrate: 0 };
  await client.ask(await client.attach(VIDEOROOM), { ...create, audiolevel_ext: false, playoutdelay_ext: false });
  return {
    browser: null,
    phone: null,
    async publish(kind) {
      const handle = await client.attach(VIDEOROOM);
      const { data } = await client.ask(handle, { request: 'join', ptype: 'publisher', room });
      const { end, own } = crowd.newEnd();
      const ssrc = newSsrc();
      const offer = offerOf(own, [{ kind, direction: 'sendonly', ssrc }]);
      const { sdp } = await client.ask(handle, { request: 'publish' }, { type: 'offer', sdp: offer });
      await crowd.browser(end, own, readServer(sdp, 'answer'), sent(kind, ssrc));
      return { end, stream: Number(data.id) };
    },
    async subscribe({ stream }, kind) {
      const handle = await client.attach(VIDEOROOM);
      const ask = { request: 'join', ptype: 'subscriber', room, streams: [{ feed: stream }] };
      // Janus hears of its media being secured a moment later than we do.
      const { sdp } = await until('the feed to be there', () => client.ask(handle, ask).catch(() => null));
      const server = readServer(sdp, 'offer');
      const { end, own } = crowd.newEnd();
      await client.ask(handle, { request: 'start' }, { type: 'answer', sdp: answerTo(server, own) });
      await crowd.browser(end, own, server, seen(kind));
      return end;
    },
  };
});
