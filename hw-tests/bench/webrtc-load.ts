import type { Crowd } from './crowd.ts';
import type { Member, OpenWebrtcServer, Published } from './webrtc-server.ts';

/** Who hears whom: everybody the mix of the room, or each stream by itself, sent on as it came. */
export type Way = 'mix' | 'forward';

export interface AudioLoad {
  readonly way: Way;
  readonly browsers: number;
  /** Browsers i·roomSize … share a room. */
  readonly roomSize: number;
}

export const nameOfAudio = ({ way, browsers, roomSize }: AudioLoad): string =>
  `${way === 'mix' ? 'hearing the mix' : 'hearing each stream'}, ${browsers} browsers in rooms of ${roomSize}`;

/** The ends of a load that is there. */
export interface Present {
  readonly speakers: readonly number[];
  /** With how many packets each is to be sent a second while all speak. */
  readonly listeners: readonly number[];
}

export const PACKETS_A_SECOND = 50;

/** Has all browsers enter their rooms. */
export async function enter(server: OpenWebrtcServer, load: AudioLoad): Promise<Present> {
  const present = { speakers: [] as number[], listeners: [] as number[] };
  for (let i = 0; i < load.browsers; i += load.roomSize) {
    const size = Math.min(load.roomSize, load.browsers - i);
    const { speakers, listeners } = await (load.way === 'mix' ? enterMix(server, size) : enterForward(server, size));
    present.speakers.push(...speakers);
    present.listeners.push(...listeners);
  }
  return present;
}

async function enterMix(server: OpenWebrtcServer, size: number): Promise<Present> {
  const { browser } = await server.room();
  if (browser === null) throw new Error('the server does not mix');
  const members: Member[] = [];
  for (let i = 0; i < size; i++) members.push(await (await browser({}))());
  return { speakers: members.map(({ speaks }) => speaks), listeners: members.map(({ hears }) => hears) };
}

async function enterForward(server: OpenWebrtcServer, size: number): Promise<Present> {
  const { publish, subscribe } = await server.room();
  if (publish === null || subscribe === null) throw new Error('the server does not forward');
  const published: Published[] = [];
  for (let i = 0; i < size; i++) published.push(await publish('audio'));
  const listeners: number[] = [];
  for (let viewer = 0; viewer < size; viewer++)
    for (const [index, each] of published.entries())
      if (index !== viewer) listeners.push(await subscribe(each, 'audio'));
  return { speakers: published.map(({ end }) => end), listeners };
}

/** One camera and those who look at it. */
export async function enterVideo(server: OpenWebrtcServer, viewers: number): Promise<readonly number[]> {
  const { publish, subscribe } = await server.room();
  if (publish === null || subscribe === null) throw new Error('the server does not forward');
  const camera = await publish('video');
  const ends: number[] = [];
  for (let i = 0; i < viewers; i++) ends.push(await subscribe(camera, 'video'));
  return ends;
}

/** What far ends got over a stretch of time, from their figures at its two ends. */
export async function received(crowd: Crowd, over: () => Promise<void>) {
  const before = new Map((await crowd.figures()).map(each => [each.end, each]));
  await over();
  const after = await crowd.figures();
  return after.map(each => {
    const { received = 0, receivedBytes = 0, late = 0, lost = 0 } = before.get(each.end) ?? {};
    return {
      end: each.end,
      packets: each.received - received,
      bytes: each.receivedBytes - receivedBytes,
      late: each.late - late,
      lost: each.lost - lost,
    };
  });
}
