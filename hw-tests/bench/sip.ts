/** `npm run bench:sip`: what the SIP stack costs and what it stands, our process on one core and the load on another. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../firmware/base/errors.ts';
import { startSipAgent } from './answering-agent.ts';
import { sipAddress, startBox } from './bench-box.ts';
import { budgets } from './budgets.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { runAsEntry } from './options.ts';
import { LOAD_CORE, pin, pinServer, requireTwoCores } from './pinning.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { setupRun } from './setup-run.ts';
import { callerRun } from './sip-caller-run.ts';
import { measureJunk } from './sip-junk.ts';
import { measureMessages } from './sip-messages.ts';
import { judgeAt, judgeRate, measureRates, renderRates } from './sip-rates.ts';

interface Extent {
  readonly messages: number;
  readonly signallingRates: readonly number[];
  readonly wholeCallRates: readonly number[];
  readonly junkRate: number;
  readonly seconds: number;
  readonly repeats: number;
  readonly rtpPorts: number;
}

const full: Extent = {
  messages: 50_000,
  signallingRates: [100, 300, 600, 1000],
  wholeCallRates: [100, 200, 300],
  junkRate: 20_000,
  seconds: 8,
  repeats: 3,
  rtpPorts: 6_000,
};

/** That it runs, not what it measures. */
const quick: Extent = {
  messages: 1_000,
  signallingRates: [50],
  wholeCallRates: [20],
  junkRate: 2_000,
  seconds: 1,
  repeats: 1,
  rtpPorts: 400,
};

async function measureSignalling({ signallingRates: rates, seconds, repeats }: Extent): Promise<Section> {
  const agent = await startSipAgent();
  try {
    const [server, pids] = [`127.0.0.1:${agent.ready.port}`, [agent.pid]];
    const shared = { rates, seconds, repeats, pids };
    const run = (rate: number, lasting: number) => callerRun(agent, rate, lasting);
    const caller = await measureRates({ ...shared, name: 'as caller', run });
    const callee = await measureRates({
      ...shared,
      name: 'as callee',
      run: (rate, lasting) => setupRun({ server, pids, rate, seconds: lasting }),
    });
    const { signallingRate, signallingCpu } = budgets;
    const judged = [caller, callee].flatMap((rows, index) => {
      const role = index === 0 ? 'as caller' : 'as callee';
      return [
        ...judgeRate(rows, signallingRate, role),
        ...judgeAt(rows, signallingRate.limit, signallingCpu, each => each.cpuMsPerCall, role),
      ];
    });
    const rows = [...caller, ...callee];
    return { title: 'Signalling alone', text: renderRates(rows), judgements: judged, runs: rows };
  } finally {
    await agent.stop();
  }
}

async function measureWholeCalls({ wholeCallRates: rates, seconds, repeats, rtpPorts }: Extent): Promise<Section> {
  const box = await startBox(rtpPorts);
  try {
    const [server, pids] = [sipAddress(box), [box.pid, ...box.workers()]];
    await pinServer(pids);
    const rows = await measureRates({
      name: 'whole calls',
      rates,
      seconds,
      repeats,
      pids,
      run: (rate, lasting) => setupRun({ server, pids, rate, seconds: lasting }),
    });
    const { wholeCallRate, wholeCallAnswer, wholeCallCpu } = budgets;
    return {
      title: 'Whole calls: a media leg each, every event stored',
      text: renderRates(rows),
      judgements: [
        ...judgeRate(rows, wholeCallRate),
        ...judgeAt(rows, wholeCallRate.limit, wholeCallAnswer, run => run.answerMs.p99),
        ...judgeAt(rows, wholeCallRate.limit, wholeCallCpu, run => run.cpuMsPerCall),
      ],
      runs: rows,
    };
  } finally {
    await box.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'string' },
    },
  });
  requireTwoCores();
  // This process reads what a box logs: on the box's core that would be part of its load.
  await pin(process.pid, LOAD_CORE);
  const extent = values.quick ? quick : full;
  const parts: Readonly<Record<string, () => Promise<Section>>> = {
    messages: () => measureMessages(extent.messages),
    signalling: () => measureSignalling(extent),
    calls: () => measureWholeCalls(extent),
    junk: () => measureJunk({ rate: extent.junkRate, seconds: extent.seconds, repeats: extent.repeats }),
  };
  const wanted = values.only?.split(',') ?? Object.keys(parts);
  const unknown = wanted.find(name => !(name in parts));
  if (unknown !== undefined) throw new Error(`--only takes ${Object.keys(parts).join(', ')}, not "${unknown}"`);
  console.log(renderMachine(describeMachine()));
  const sections: Section[] = [];
  for (const name of wanted) {
    try {
      const section = await parts[name]?.();
      if (!section) continue;
      sections.push(section);
      console.log(renderSection(section));
    } catch (error) {
      // The others are still worth having; the exit code tells that figures are missing.
      console.error(`${name} could not be measured: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
  console.log(renderSummary(sections));
  writeJson(values.json, sections);
}

await runAsEntry(import.meta.url, main);
