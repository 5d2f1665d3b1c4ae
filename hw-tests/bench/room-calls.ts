import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { benchCodecs, codecOfLeg } from './media-load.ts';
import type { HeldLoad } from './media-server.ts';
import { LOAD_CORE } from './pinning.ts';
import { runTool, scenario } from './tools.ts';

export interface RoomCalls extends HeldLoad {
  /** The gateway's SIP address, host:port. */
  readonly server: string;
  readonly sipPort: number;
  /** Calls placed a second. */
  readonly rate: number;
  /** Where the answers' addresses go to. */
  readonly map: string;
}

/** Calls the rooms for all legs of the generator, holds, hangs up. @returns why a call failed, null when none did */
export async function callRooms(calls: RoomCalls): Promise<string | null> {
  const folder = path.dirname(calls.map);
  const legsFile = path.join(folder, 'legs.csv');
  const rows = Array.from({ length: calls.legs }, (_, leg) => {
    const { payloadType, rtpmap, attribute = 'ptime:20' } = benchCodecs[codecOfLeg(calls, leg)];
    const fields = [calls.firstPort + 2 * leg, `room-${Math.floor(leg / calls.roomSize)}`, payloadType, rtpmap];
    return [...fields, calls.srtpKey ?? '', attribute].join(';');
  });
  writeFileSync(legsFile, `SEQUENTIAL\n${rows.join('\n')}\n`);
  const limitS = Math.ceil(calls.holdS + (2 * calls.legs) / calls.rate + 15);
  const named: [string, string | number][] = [
    ['-sf', scenario(calls.srtpKey === null ? 'uac-media' : 'uac-media-srtp')],
    ['-inf', legsFile],
    ['-i', '127.0.0.1'],
    ['-p', calls.sipPort],
    ['-m', calls.legs],
    ['-l', calls.legs],
    ['-r', calls.rate],
    ['-d', Math.round(calls.holdS * 1000)],
    ['-log_file', calls.map],
    ['-error_file', path.join(folder, 'sipp-errors')],
    ['-timeout', limitS],
  ];
  const { code, stderr } = await runTool(
    'sipp',
    [calls.server, '-trace_logs', '-trace_err', '-nostdin', ...named.flatMap(([name, value]) => [name, String(value)])],
    { limitMs: (limitS + 10) * 1000, core: LOAD_CORE, cwd: folder },
  );
  if (code === 0) return null;
  const answer = /received 'SIP\/2\.0 (\d{3} [^\r\n]*)/.exec(stderr)?.[1];
  return answer ? `a call was answered ${answer}` : `SIPp could not place every call (exit ${code})`;
}
