import { startChild } from '../rig/children.ts';
import { freePort } from '../rig/free-ports.ts';
import { until } from '../rig/until.ts';
import { tool } from './tools.ts';

/** Phones of the answerer take a port pair each from here. */
const FIRST_RTP_PORT = 12_000;

/** What the far end saw (hw-tests/load/answerer); times are nanoseconds of the monotonic clock, the kernel's for packets. */
export interface FarEndEvent {
  readonly event: 'invited' | 'answered' | 'first-packet' | 'hears' | 'first-words';
  /** The user that was called. */
  readonly user: string;
  readonly atNs: number;
  /** Of first-words: the first packet of the other's voice of which something was heard … */
  readonly packet?: number;
  /** … and how many of its 160 samples. */
  readonly samples?: number;
}

export interface Answerer {
  readonly sipPort: number;
  readonly pid: number;
  events(): readonly FarEndEvent[];
  stop(): Promise<void>;
}

/** A process of its own that answers every call; users "phone…" hang up after a second, others stay. */
export async function startAnswerer(): Promise<Answerer> {
  const sipPort = await freePort();
  const child = await startChild('answerer', tool('answerer'), [String(sipPort), String(FIRST_RTP_PORT)]);
  await until('the answerer to listen', () => child.exit() !== null || child.output().includes('listening'));
  if (child.exit() !== null) throw new Error(`answerer: ${child.output().trim()}`);
  return {
    sipPort,
    pid: child.pid,
    events: () => parseEvents(child.output()),
    stop: async () => void (await child.stop()),
  };
}

/** Every whole line; the last one may still be growing. */
function parseEvents(output: string): FarEndEvent[] {
  const lines = output.slice(0, output.lastIndexOf('\n') + 1).split('\n');
  return lines
    .filter(line => line.startsWith('{') && !line.includes('"listening"'))
    .map(line => JSON.parse(line) as FarEndEvent);
}
