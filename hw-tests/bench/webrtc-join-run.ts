import { setTimeout as sleep } from 'node:timers/promises';
import type { Crowd } from './crowd.ts';
import type { Attempt } from './repeat.ts';
import { withServer } from './webrtc-audio-run.ts';
import type { OpenWebrtcServer, WebrtcServer } from './webrtc-server.ts';

export interface JoinRun {
  readonly server: string;
  /** From the first request to the first packet with the resident's tone, of each join. */
  readonly hearsMs: readonly number[];
  /** From the first request to the first packet with the newcomer's tone at the resident. */
  readonly heardMs: readonly number[];
}

const RESIDENT_HZ = 1000;
const NEWCOMER_HZ = 700;
/** Whatever is compiled or read for the first time is so in these, which do not count. */
const WARM_UP = 5;
/** After each, so that none meets what the one before has left. */
const REST_MS = 150;

/** Browsers that join, one after the other, each a room of its own in which one talks already. */
export function joinRun(server: WebrtcServer, joins: number): Promise<Attempt<JoinRun>> {
  return withServer(server, async (opened, crowd) => {
    const times: (readonly [number, number])[] = [];
    for (let i = 0; i < WARM_UP + joins; i++) times.push(await oneJoin(opened, crowd));
    const counted = times.slice(WARM_UP);
    const run = {
      server: server.name,
      hearsMs: counted.map(([hears]) => hears),
      heardMs: counted.map(([, heard]) => heard),
    };
    return { run };
  });
}

async function oneJoin(server: OpenWebrtcServer, crowd: Crowd): Promise<readonly [number, number]> {
  const { browser } = await server.room();
  if (browser === null) throw new Error('the server does not mix');
  const resident = await (
    await browser({
      ear: { hz: NEWCOMER_HZ },
      says: { voice: 'tone', hz: RESIDENT_HZ },
    })
  )();
  const join = await browser({ ear: { hz: RESIDENT_HZ }, says: { voice: 'tone', hz: NEWCOMER_HZ } });
  await sleep(REST_MS);
  const begunNs = Number(process.hrtime.bigint());
  const newcomer = await join();
  const [hears, heard] = await Promise.all([crowd.heard(newcomer.hears), crowd.heard(resident.hears)]);
  crowd.leave([...new Set([resident, newcomer].flatMap(({ speaks, hears: ears }) => [speaks, ears]))]);
  return [(hears - begunNs) / 1e6, (heard - begunNs) / 1e6];
}
