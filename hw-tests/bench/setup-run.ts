import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../rig/free-ports.ts';
import { LOAD_CORE } from './pinning.ts';
import { totalUsage } from './processes.ts';
import type { Attempt } from './repeat.ts';
import { readShortMessages, whyCallerWasLate } from './short-messages.ts';
import { percentile } from './statistics.ts';
import { runTool, scenario } from './tools.ts';

/** How long a call lasts, and how long a stuck one keeps SIPp waiting. */
const HOLD_MS = 500;
const RECEIVE_LIMIT_MS = 10_000;
/** Beyond this the server is the one that is late. */
const SLOW_ANSWER_MS = 200;

export interface SetupLoad {
  /** The server's SIP address, host:port. */
  readonly server: string;
  readonly pids: readonly number[];
  /** Calls placed a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** Milliseconds; null when nothing was measured. */
export interface Spread {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface SetupRun {
  readonly rate: number;
  readonly calls: number;
  readonly failed: number;
  /** Final answers other than 200: { "503": 12 }. */
  readonly refused: Readonly<Record<string, number>>;
  readonly retransmissions: number;
  /** INVITE → first response, and → 200, as the caller saw it. */
  readonly firstResponseMs: Spread;
  readonly answerMs: Spread;
  /** Of the server's processes, user and system, from INVITE to BYE. */
  readonly cpuMsPerCall: number;
}

/** Calls (INVITE, 200, ACK, half a second, BYE, 200) at a rate, two to a room; no RTP. */
export async function setupRun(load: SetupLoad): Promise<Attempt<SetupRun>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'crosspoint-bench-'));
  try {
    const calls = Math.round(load.rate * load.seconds);
    const before = totalUsage(load.pids);
    await placeCalls(folder, load, calls);
    const cpuMsPerCall = (totalUsage(load.pids).cpuMs - before.cpuMs) / calls;
    const { failed, retransmissions } = readCounters(path.join(folder, 'counters'));
    const dialogue = readShortMessages(readFileSync(path.join(folder, 'messages'), 'utf8'));
    const { invitedAt, refused } = dialogue;
    const answerMs = spreadOf(dialogue.answeredMs);
    const firstResponseMs = spreadOf(dialogue.firstResponseMs);
    const late = whyCallerWasLate(invitedAt, load.rate);
    const serverIsSlow = failed > 0 || (answerMs.p99 ?? 0) > SLOW_ANSWER_MS;
    if (late !== null && !serverIsSlow) return { thrownAway: late };
    const run = { rate: load.rate, calls, failed, refused, retransmissions, firstResponseMs, answerMs, cpuMsPerCall };
    return { run };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function spreadOf(values: readonly number[]): Spread {
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), max: percentile(values, 1) };
}

async function placeCalls(folder: string, { server, rate, seconds }: SetupLoad, calls: number): Promise<void> {
  const users = path.join(folder, 'users.csv');
  const rows = Array.from({ length: calls }, (_, call) => `room-${Math.floor(call / 2)}`);
  writeFileSync(users, `SEQUENTIAL\n${rows.join('\n')}\n`);
  const limitS = Math.ceil(seconds + 20);
  const named: [string, string | number][] = [
    ['-sf', scenario('uac-setup')],
    ['-inf', users],
    ['-i', '127.0.0.1'],
    ['-p', await freePort()],
    ['-r', rate],
    ['-m', calls],
    ['-l', calls],
    ['-d', HOLD_MS],
    ['-shortmessage_file', path.join(folder, 'messages')],
    ['-stf', path.join(folder, 'counters')],
    ['-fd', 1],
    ['-recv_timeout', RECEIVE_LIMIT_MS],
    ['-timeout', limitS],
  ];
  const flags = ['-trace_shortmsg', '-trace_stat', '-nostdin'];
  const args = ['-c', String(LOAD_CORE), 'sipp', server, ...flags];
  await runTool('taskset', [...args, ...named.flatMap(([name, value]) => [name, String(value)])], {
    limitMs: (limitS + 20) * 1000,
    cwd: folder,
  });
  if (!existsSync(path.join(folder, 'messages'))) throw new Error('SIPp placed no calls');
}

/** SIPp's last line of statistics; calls that never came to an end count as failed. */
function readCounters(file: string): { failed: number; retransmissions: number } {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const names = lines[0]?.split(';') ?? [];
  const values = lines.at(-1)?.split(';') ?? [];
  const counter = (name: string) => Number(values[names.indexOf(name)] ?? 0);
  const unfinished = counter('TotalCallCreated') - counter('SuccessfulCall(C)') - counter('FailedCall(C)');
  return { failed: counter('FailedCall(C)') + unfinished, retransmissions: counter('Retransmissions(C)') };
}
