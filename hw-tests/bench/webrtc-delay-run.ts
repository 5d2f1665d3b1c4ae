import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from './repeat.ts';
import { SETTLING_MS, withServer } from './webrtc-audio-run.ts';
import type { Member, Newcomer, OpenWebrtcServer, WebrtcRoom, WebrtcServer } from './webrtc-server.ts';

export type Kind = 'phone' | 'browser';
export type Leg = readonly [from: Kind, to: Kind];

export const LEGS: readonly Leg[] = [
  ['phone', 'browser'],
  ['browser', 'phone'],
  ['browser', 'browser'],
];

export interface DelayRun {
  readonly server: string;
  readonly leg: Leg;
  /** Of each burst. */
  readonly addedMs: readonly number[];
}

/** In as many rooms at once, whose packets lie differently to the server's ticks. */
const ROOMS = 8;
const BURST_HZ = 1000;

/** One says a burst each second, the other measures when it comes; one such pair a room. */
export function delayRun(server: WebrtcServer, leg: Leg, seconds: number): Promise<Attempt<DelayRun>> {
  return withServer(server, async (opened, crowd) => {
    const listeners: number[] = [];
    for (let i = 0; i < ROOMS; i++) listeners.push(await pair(opened, leg));
    await sleep(SETTLING_MS);
    await crowd.figures();
    await sleep(seconds * 1000);
    const figures = (await crowd.figures()).filter(({ end }) => listeners.includes(end));
    const deaf = figures.filter(({ delaysMs }) => delaysMs.length < seconds / 2).length;
    if (deaf > 0) return { thrownAway: `${deaf} of ${ROOMS} did not hear the bursts` };
    return { run: { server: server.name, leg, addedMs: figures.flatMap(({ delaysMs }) => delaysMs) } };
  });
}

/** @returns who listens */
async function pair(server: OpenWebrtcServer, [from, to]: Leg): Promise<number> {
  const room = await server.room();
  const speaker = await enter(room, from, { says: { voice: 'bursts' } });
  const listener = await enter(room, to, { ear: { hz: BURST_HZ, of: speaker.speaks }, says: { voice: 'quiet' } });
  return listener.hears;
}

async function enter(room: WebrtcRoom, kind: Kind, newcomer: Newcomer): Promise<Member> {
  if (kind === 'phone' && room.phone !== null) return room.phone(newcomer);
  if (kind === 'browser' && room.browser !== null) return (await room.browser(newcomer))();
  throw new Error(`the server has no ${kind}s in a mix`);
}
