/** `npm run bench:media`: what a leg costs in our worker and in others, side by side in one run. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../firmware/base/errors.ts';
import { type CodecCosts, codecCosts } from './codec-cost.ts';
import { gatewayMedia } from './gateway-media.ts';
import { janusAudiobridge } from './janus-audiobridge.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { judgeMedia } from './media-judgements.ts';
import { nameOf } from './media-load.ts';
import { codecPairs, crossPlan, defaultPlan, type Planned } from './media-plan.ts';
import { mediaRun } from './media-run.ts';
import type { MediaServer } from './media-server.ts';
import { counted, cpu, type MediaRow, renderMedia } from './media-table.ts';
import { numbers, runAsEntry } from './options.ts';
import { LOAD_CORE, pin, requireTwoCores } from './pinning.ts';
import { repeat } from './repeat.ts';
import { rtpengine } from './rtpengine.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { stockConference } from './stock-conference.ts';
import { buildTools } from './tools.ts';

export const allPeers: readonly MediaServer[] = [stockConference, janusAudiobridge, rtpengine];

export interface MediaOptions {
  readonly plan: readonly Planned[];
  readonly peers: readonly MediaServer[];
  readonly seconds: number;
  readonly repeats: number;
  readonly busy: boolean;
}

export async function measureMedia(options: MediaOptions): Promise<Section> {
  const missing = options.peers.flatMap(peer => peer.missing() ?? []);
  for (const reason of missing) console.error(reason);
  const peers = options.peers.filter(peer => peer.missing() === null);
  const costs = await codecCosts();
  const rows: MediaRow[] = [];
  for (const planned of options.plan) {
    const { load } = planned;
    // One after the other, each several times: what else the machine does meets all alike.
    for (const server of [...(planned.peers ? peers : []), gatewayMedia].filter(each => each.carries(load))) {
      // A server that fails is a row that says so: the others are still worth having.
      const attempt = () => mediaRun(server, load, options).catch(error => ({ thrownAway: messageOf(error) }));
      const repeated = await repeat(options.repeats, attempt);
      rows.push({ server, load, repeated });
      console.error(progress(rows.at(-1) as MediaRow));
    }
  }
  return {
    title: 'Media: one leg, every leg talking',
    text: [renderMedia(rows, costs), renderCosts(costs), ...missing.map(reason => `Not measured: ${reason}.`)].join(
      '\n\n',
    ),
    judgements: judgeMedia(
      rows.filter(row => row.server === gatewayMedia),
      costs,
    ),
    runs: rows,
  };
}

const renderCosts = (costs: CodecCosts): string =>
  `The codecs by themselves, encoding and decoding a leg's packets, ms per second: ${Object.entries(costs)
    .map(([codec, ms]) => `${codec} ${ms.toFixed(2)}`)
    .join(', ')}.`;

function progress(row: MediaRow): string {
  const ms = cpu(row);
  const result = ms === null ? 'no figure' : `${ms.toFixed(2)} ms per leg and second`;
  return `${row.server.name}, ${nameOf(row.load)}: ${result} (runs: ${counted(row.repeated)})`;
}

/** Those of --peers. @throws a sentence that names the option */
function peersNamed(text: string | undefined): MediaServer[] {
  if (text === undefined) return [...allPeers];
  if (text === 'none') return [];
  return text.split(',').map(name => {
    const peer = allPeers.find(({ option }) => option === name);
    if (peer === undefined)
      throw new Error(`--peers takes ${allPeers.map(({ option }) => option).join(', ')}, or none, not "${name}"`);
    return peer;
  });
}

const securedNamed: Readonly<Record<string, readonly boolean[]>> = { no: [false], yes: [true], both: [false, true] };

interface Chosen {
  readonly codecs?: string | undefined;
  readonly secured?: string | undefined;
  readonly rooms?: string | undefined;
  readonly legs?: string | undefined;
}

/** Without a word about the load: the default; else every combination, of PCMU in the clear where nothing else is said. */
function planOf({ codecs, secured = 'no', rooms = '2,10', legs }: Chosen, chosen: boolean): Planned[] {
  if (!chosen) return defaultPlan();
  const withOrWithout = securedNamed[secured];
  if (withOrWithout === undefined) throw new Error(`--secured takes no, yes or both, not "${secured}"`);
  return crossPlan({
    codecs: codecPairs(codecs ?? 'PCMU'),
    secured: withOrWithout,
    roomSizes: numbers('rooms', rooms),
    legs: legs === undefined ? null : numbers('legs', legs),
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      codecs: { type: 'string' },
      secured: { type: 'string' },
      rooms: { type: 'string' },
      legs: { type: 'string' },
      peers: { type: 'string' },
      seconds: { type: 'string', default: '4' },
      repeat: { type: 'string', default: '3' },
      busy: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const { codecs, secured, rooms, legs } = values;
  const plan = planOf(
    values,
    [codecs, secured, rooms, legs].some(value => value !== undefined),
  );
  const peers = peersNamed(values.peers);
  requireTwoCores();
  await buildTools();
  // What this process does meanwhile is not the server's neighbour.
  await pin(process.pid, LOAD_CORE);
  console.log(renderMachine(describeMachine()));
  const section = await measureMedia({
    plan,
    peers,
    seconds: numbers('seconds', values.seconds)[0] as number,
    repeats: numbers('repeat', values.repeat)[0] as number,
    busy: values.busy,
  });
  console.log(renderSection(section) + renderSummary([section]));
  writeJson(values.json, [section]);
}

await runAsEntry(import.meta.url, main);
