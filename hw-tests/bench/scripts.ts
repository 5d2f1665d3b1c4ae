/** `npm run bench:scripts`: calls that follow scripts, many at once: how soon the first word is heard, and what a call costs. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { startAgent } from '../../firmware/sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../../firmware/sip/user-agent/user-agent.ts';
import { OwnBox } from '../rig/own-box.ts';
import { budgets } from './budgets.ts';
import { judge } from './judgement.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { numbers, runAsEntry } from './options.ts';
import { portRange } from './port-range.ts';
import { totalUsage } from './processes.ts';
import { callAndHear, type Heard } from './scripted-caller.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { median, percentile } from './statistics.ts';
import { renderTable, rounded } from './table.ts';

const NUMBER = '442071234567';
const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'token-of-the-bench-0123456789' };
/** RFC 3261's own, not the tests' hurried ones. */
const TIMERS = { t1: 500, t2: 4_000, t4: 5_000, trying: 200 };
/** The first ones compile what runs often. */
const WARM_UP = 5;

/** An application that says one thing to everybody, or another to each caller. */
class Pages {
  isNew = false;
  #asked = 0;
  readonly #server = http.createServer((request, response) => {
    request.resume();
    this.#asked += 1;
    const text = this.isNew
      ? `Hello, you are caller number ${this.#asked} of today`
      : 'Hello, you are through to the bench';
    response.writeHead(200, { 'content-type': 'text/xml' }).end(`<Response><Say>${text}</Say></Response>`);
  });

  async open(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export async function measureScripts({ calls, runs }: { calls: number; runs: number }): Promise<Section[]> {
  const pages = new Pages();
  const voiceUrl = await pages.open();
  const box = await OwnBox.start({
    rtpPorts: portRange(3_000),
    moreProjects: [{ twilio: { ...ACCOUNT, numbers: [{ msisdn: NUMBER, voiceUrl }] } }],
    config: {
      trunks: [{ name: 'bench', sources: ['127.0.0.1'], limits: { calls: 10_000, callsPerSecond: 10_000 } }],
    },
  });
  const agent = await startAgent({ timers: TIMERS });
  try {
    await crowd(agent, box, WARM_UP);
    const kept = await repeated(agent, box, calls, runs);
    pages.isNew = true;
    const fresh = await repeated(agent, box, calls, runs);
    return [sectionOf('said before', calls, kept), sectionOf('never said before', calls, fresh)];
  } finally {
    await agent.close();
    await box.close();
    pages.close();
  }
}

interface Run {
  readonly heard: readonly Heard[];
  readonly cpuMsPerCall: number;
}

async function repeated(agent: UserAgent, box: OwnBox, calls: number, runs: number): Promise<Run[]> {
  const all: Run[] = [];
  for (let run = 0; run < runs; run++) {
    const pids = [box.pid, ...box.workers()];
    const before = totalUsage(pids).cpuMs;
    const heard = await crowd(agent, box, calls);
    all.push({ heard, cpuMsPerCall: (totalUsage(pids).cpuMs - before) / calls });
  }
  return all;
}

/** All at the same moment. */
function crowd(agent: UserAgent, box: OwnBox, calls: number): Promise<Heard[]> {
  const { udpPort } = box.facts.sip;
  return Promise.all(Array.from({ length: calls }, () => callAndHear(agent, udpPort, NUMBER)));
}

function sectionOf(what: string, calls: number, runs: readonly Run[]): Section {
  const row = (name: string, of: (heard: Heard) => number) => [
    name,
    ...[0.5, 0.95, 1].map(share => rounded(median(runs.map(({ heard }) => percentile(heard.map(of), share))), 0)),
  ];
  const firstWord = median(
    runs.map(({ heard }) =>
      percentile(
        heard.map(({ firstWordMs }) => firstWordMs),
        0.95,
      ),
    ),
  );
  return {
    title: `${calls} calls at once, a prompt that was ${what}; medians of ${runs.length} runs; ${rounded(
      median(runs.map(({ cpuMsPerCall }) => cpuMsPerCall)),
      1,
    )} ms CPU a call (service and worker, to the first word)`,
    text: renderTable(
      ['ms', 'p50', 'p95', 'max'],
      [row('INVITE → 200', heard => heard.answeredMs), row('200 → first word', heard => heard.firstWordMs)],
    ),
    judgements: [judge(budgets.firstWord, firstWord, what)],
    runs: [...runs],
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '100' },
      runs: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  });
  console.log(renderMachine(describeMachine()));
  const sections = await measureScripts({
    calls: numbers('calls', values.calls)[0] as number,
    runs: numbers('runs', values.runs)[0] as number,
  });
  console.log(sections.map(renderSection).join('') + renderSummary(sections));
  writeJson(values.json, sections);
}

await runAsEntry(import.meta.url, main);
