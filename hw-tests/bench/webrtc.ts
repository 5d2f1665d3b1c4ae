/** `npm run bench:webrtc`: what browsers cost, and how soon they hear each other, beside Janus in one run. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../firmware/base/errors.ts';
import { gatewayBrowsers } from './gateway-browsers.ts';
import { janusForward, janusMix } from './janus-browsers.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { numbers, runAsEntry } from './options.ts';
import { LOAD_CORE, pin, requireTwoCores } from './pinning.ts';
import { type Attempt, takeTurns } from './repeat.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { audioRun, type RunOptions } from './webrtc-audio-run.ts';
import { delayRun, LEGS } from './webrtc-delay-run.ts';
import { joinRun } from './webrtc-join-run.ts';
import { judgeAudio } from './webrtc-judgements.ts';
import type { AudioLoad, Way } from './webrtc-load.ts';
import type { Row } from './webrtc-rows.ts';
import type { WebrtcServer } from './webrtc-server.ts';
import { renderAudio, renderDelays, renderJoins, renderVideo } from './webrtc-table.ts';
import { videoRun } from './webrtc-video-run.ts';

export interface WebrtcOptions extends RunOptions {
  readonly repeats: number;
  readonly browsers: number;
  readonly roomSizes: readonly number[];
  readonly ways: readonly Way[];
  readonly viewers: number;
  readonly joins: number;
}

const servers: Readonly<Record<Way, readonly WebrtcServer[]>> = {
  mix: [gatewayBrowsers, janusMix],
  forward: [gatewayBrowsers, janusForward],
};

/** Every server of a scene in turns; one that fails is a row that says so. */
async function rowsOf<Scene, Run>(
  scene: Scene,
  compared: readonly WebrtcServer[],
  repeats: number,
  run: (server: WebrtcServer) => Promise<Attempt<Run>>,
): Promise<Row<Scene, Run>[]> {
  const present = compared.filter(server => server.missing() === null);
  const attempt = (server: WebrtcServer) => async (): Promise<Attempt<Run>> => {
    const result = await run(server).catch(error => ({ thrownAway: messageOf(error) }));
    console.error(`${server.name}, ${JSON.stringify(scene)}: ${'run' in result ? 'measured' : result.thrownAway}`);
    return result;
  };
  const repeated = await takeTurns(repeats, present.map(attempt));
  return repeated.map((each, index) => ({ scene, server: present[index]?.name ?? '', repeated: each }));
}

async function measureAudio(options: WebrtcOptions): Promise<Section> {
  const rows = [];
  for (const way of options.ways)
    for (const roomSize of options.roomSizes) {
      const load: AudioLoad = { way, browsers: options.browsers, roomSize };
      rows.push(...(await rowsOf(load, servers[way], options.repeats, server => audioRun(server, load, options))));
    }
  return {
    title: 'Audio: a browser, in milliseconds of CPU a second',
    text: renderAudio(rows),
    judgements: judgeAudio(rows),
    runs: rows,
  };
}

async function measureVideo(options: WebrtcOptions): Promise<Section> {
  const { viewers, repeats } = options;
  const rows = await rowsOf({ viewers }, servers.forward, repeats, server => videoRun(server, viewers, options));
  return { title: 'Video: a camera of 1 Mbit/s, forwarded', text: renderVideo(rows), judgements: [], runs: rows };
}

async function measureJoins({ joins }: WebrtcOptions): Promise<Section> {
  const rows = await rowsOf(null, servers.mix, 1, server => joinRun(server, joins));
  return { title: 'Joining: from the first request to sound', text: renderJoins(rows), judgements: [], runs: rows };
}

async function measureDelays({ seconds }: WebrtcOptions): Promise<Section> {
  const rows = [];
  for (const leg of LEGS)
    rows.push(...(await rowsOf(leg, servers.mix, 1, server => delayRun(server, leg, 2 * seconds))));
  return { title: 'Delay added, one way', text: renderDelays(rows), judgements: [], runs: rows };
}

const parts = { audio: measureAudio, video: measureVideo, joins: measureJoins, delays: measureDelays };
type Part = keyof typeof parts;

function partsNamed(text: string): Part[] {
  return text.split(',').map(name => {
    if (name in parts) return name as Part;
    throw new Error(`--only takes ${Object.keys(parts).join(', ')}, not "${text}"`);
  });
}

function waysNamed(text: string): Way[] {
  return text.split(',').map(name => {
    if (name === 'mix' || name === 'forward') return name;
    throw new Error(`--ways takes mix and forward, not "${text}"`);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      ways: { type: 'string', default: 'mix,forward' },
      rooms: { type: 'string', default: '2,10' },
      browsers: { type: 'string', default: '40' },
      viewers: { type: 'string', default: '10' },
      joins: { type: 'string', default: '40' },
      seconds: { type: 'string', default: '4' },
      repeat: { type: 'string', default: '3' },
      busy: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const one = (name: 'browsers' | 'viewers' | 'joins' | 'seconds' | 'repeat') =>
    numbers(name, values[name])[0] as number;
  const options: WebrtcOptions = {
    ...{ browsers: one('browsers'), viewers: one('viewers'), joins: one('joins') },
    ...{ seconds: one('seconds'), repeats: one('repeat'), busy: values.busy },
    ...{ roomSizes: numbers('rooms', values.rooms), ways: waysNamed(values.ways) },
  };
  const wanted = partsNamed(values.only);
  requireTwoCores();
  // What this process does meanwhile is not the server's neighbour.
  await pin(process.pid, LOAD_CORE);
  console.log(renderMachine(describeMachine()));
  for (const { name, missing } of servers.mix)
    if (missing() !== null) console.error(`not measured: ${name}: ${missing()}`);
  const sections: Section[] = [];
  for (const part of wanted) {
    const section = await parts[part](options);
    sections.push(section);
    console.log(renderSection(section));
  }
  console.log(renderSummary(sections));
  writeJson(values.json, sections);
}

await runAsEntry(import.meta.url, main);
