/** From the application's request to the INVITE on the wire, and from the answer to voices both ways. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Application } from '../rig/application.ts';
import { until } from '../rig/until.ts';
import { type Answerer, startAnswerer } from './answerer.ts';
import { startBox } from './bench-box.ts';
import { budgets } from './budgets.ts';
import { type CallTimes, type PlacedCall, timesOf } from './far-end.ts';
import { judge } from './judgement.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { numbers, runAsEntry } from './options.ts';
import { RestClient } from './rest-client.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { percentile } from './statistics.ts';
import { renderTable, rounded } from './table.ts';
import { buildTools } from './tools.ts';

const CALLS_A_SECOND = 10;
/** A phone stays for a second: with these many sessions each one has been empty for a second when it is used again. */
const SESSIONS = 20;
const WARM_UP_CALLS = 20;

export async function measureRest({ calls }: { readonly calls: number }): Promise<Section> {
  const box = await startBox();
  const answerer = await startAnswerer();
  const client = new RestClient(box.application);
  try {
    const sessions = await fillSessions(box.application, client, answerer);
    await placeCalls(client, answerer, sessions, 'phone-warm-up', WARM_UP_CALLS);
    const placed = await placeCalls(client, answerer, sessions, 'phone', calls);
    await sleep(2_000); // the last call's second, and what is still on its way
    const events = answerer.events();
    const times = placed.map(call => timesOf(call, events));
    return section(times);
  } finally {
    client.close();
    await answerer.stop();
    await box.close();
  }
}

const uriOf = (user: string, { sipPort }: Answerer) => `sip:${user}@127.0.0.1:${sipPort}`;

/** Sessions in each of which somebody sits, speaks and listens. */
async function fillSessions(application: Application, client: RestClient, answerer: Answerer): Promise<string[]> {
  const sessions: string[] = [];
  for (let index = 0; index < SESSIONS; index++) {
    const session = await application.createSession();
    await client.dial(session, uriOf(`resident-${index}`, answerer));
    sessions.push(session);
  }
  await until(
    'media for everybody who was there first',
    () => answerer.events().filter(({ event }) => event === 'first-packet').length === SESSIONS,
    { limitMs: 10_000, state: () => answerer.events().slice(-10) },
  );
  return sessions;
}

async function placeCalls(
  client: RestClient,
  answerer: Answerer,
  sessions: readonly string[],
  name: string,
  count: number,
): Promise<PlacedCall[]> {
  const placed: Promise<PlacedCall>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < count; index++) {
    await sleep(Math.max(0, startedAt + (index * 1000) / CALLS_A_SECOND - performance.now()));
    const phone = `${name}-${index}`;
    const seat = index % sessions.length;
    const call = client
      .dial(sessions[seat] as string, uriOf(phone, answerer))
      .then(dialledAtNs => ({ phone, resident: `resident-${seat}`, dialledAtNs }));
    call.catch(() => {}); // awaited below, together with the others
    placed.push(call);
  }
  return Promise.all(placed);
}

function section(times: readonly CallTimes[]): Section {
  const of = (name: keyof CallTimes) => times.map(call => call[name]).filter(value => value !== null);
  const bothWays = times
    .map(({ answerToVoice, wordsLost }) =>
      answerToVoice === null || wordsLost === null ? null : Math.max(answerToVoice, wordsLost),
    )
    .filter(value => value !== null);
  const row = (what: string, values: readonly number[]) => [
    what,
    ...[0.5, 0.95, 0.99, 1].map(share => rounded(percentile(values, share), 2)),
    `${values.length} of ${times.length}`,
  ];
  /** A percentile of calls that worked says nothing when some did not. */
  const p99 = (values: readonly number[]) => (values.length === times.length ? percentile(values, 0.99) : null);
  return {
    title: `REST, ${CALLS_A_SECOND} calls a second`,
    text: renderTable(
      ['ms', 'p50', 'p95', 'p99', 'max', 'calls'],
      [
        row('REST request → INVITE on the wire', of('restToInvite')),
        row('200 → first RTP packet at the phone', of('answerToPacket')),
        row("200 → the other's voice at the phone", of('answerToVoice')),
        row("the phone's first words that the other did not hear", of('wordsLost')),
        row('answer → media both ways (the later of the last two)', bothWays),
        row("200 → the phone's voice at the other, path delay included", of('answerToHeard')),
      ],
    ),
    judgements: [judge(budgets.restToInvite, p99(of('restToInvite'))), judge(budgets.answerToMedia, p99(bothWays))],
    runs: times,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { calls: { type: 'string', default: '300' }, json: { type: 'string' } },
  });
  await buildTools();
  console.log(renderMachine(describeMachine()));
  const result = await measureRest({ calls: numbers('calls', values.calls)[0] as number });
  console.log(renderSection(result) + renderSummary([result]));
  writeJson(values.json, [result]);
}

await runAsEntry(import.meta.url, main);
