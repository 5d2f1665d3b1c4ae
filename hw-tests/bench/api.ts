/** `npm run bench:api`: dials a second, how long every route takes with calls up, and how soon events are told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { OwnBox } from '../rig/own-box.ts';
import type { Sipp } from '../rig/sipp.ts';
import { WebhookReceiver } from '../rig/webhook-receiver.ts';
import { EventDelayWatch } from './api-events.ts';
import { allActive, dialMany, hangUpMany, startPhones } from './api-load.ts';
import { type ApiRoute, apiRoutes, type Resident } from './api-routes.ts';
import { budgets } from './budgets.ts';
import { HttpTimer } from './http-timer.ts';
import { judge } from './judgement.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { numbers, runAsEntry } from './options.ts';
import { portRange } from './port-range.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { percentile } from './statistics.ts';
import { renderTable, rounded } from './table.ts';

const RTP_PORTS = 3_000;
const CONNECTIONS = 8;
/** Of each route before it is measured: Node compiles what runs often. */
const WARM_UP = 20;
const EVENT_CALLS_A_SECOND = 20;

interface Options {
  /** That are up all the time. */
  readonly calls: number;
  /** More, to be placed as fast as they are answered. */
  readonly dials: number;
  /** Of each route. */
  readonly requests: number;
  /** For which calls come and go while their events are awaited. */
  readonly seconds: number;
}

interface Bench {
  readonly box: OwnBox;
  readonly timer: HttpTimer;
  readonly webhook: WebhookReceiver;
  readonly phones: Sipp;
  readonly residents: readonly Resident[];
}

export async function measureApi(options: Options): Promise<Section[]> {
  const webhook = await WebhookReceiver.open();
  const box = await OwnBox.start({
    rtpPorts: portRange(RTP_PORTS),
    sipMonitoringUrl: webhook.url('/sip'),
    // The phones are silent, and stay until they are hung up on.
    config: { limits: { firstRtpSeconds: 3_600 } },
  });
  const timer = new HttpTimer(box.facts.http, CONNECTIONS);
  const eventCalls = EVENT_CALLS_A_SECOND * options.seconds;
  const phones = await startPhones(options.calls + options.dials + eventCalls);
  try {
    const residents = (await dialMany(box, timer, phones, options.calls)).map(({ resident }) => resident);
    await allActive(box, options.calls);
    const bench = { box, timer, webhook, phones, residents };
    return [
      await measureDials(bench, options),
      await measureRoutes(bench, options),
      await measureEvents(bench, options),
    ];
  } finally {
    timer.close();
    await phones.close();
    await box.close();
    await webhook.close();
  }
}

const row = (what: string, values: readonly number[]) => [
  what,
  ...[0.5, 0.95, 0.99, 1].map(share => rounded(percentile(values, share), 2)),
  values.length,
];
const HEAD = ['ms', 'p50', 'p95', 'p99', 'max', 'of'];

async function measureDials({ box, timer, phones }: Bench, { calls, dials }: Options): Promise<Section> {
  const startedAt = performance.now();
  const placed = await dialMany(box, timer, phones, dials);
  const perSecond = dials / ((performance.now() - startedAt) / 1000);
  await allActive(box, calls + dials);
  const hungUp = await hangUpMany(
    box,
    timer,
    placed.map(({ resident }) => resident),
  );
  await allActive(box, calls);
  const took = placed.map(({ answer }) => answer.ms);
  return {
    title: `Dialling with ${calls} calls up, ${CONNECTIONS} requests at a time: ${perSecond.toFixed(0)} dials/s`,
    text: renderTable(HEAD, [row('POST …/dial', took), row('DELETE …/connection/{id}', hungUp)]),
    judgements: [judge(budgets.dialRate, perSecond), judge(budgets.dialAnswer, percentile(took, 0.99))],
    runs: [{ perSecond, took, hungUp }],
  };
}

async function measureRoutes(bench: Bench, { calls, requests }: Options): Promise<Section> {
  const rows = [];
  for (const route of apiRoutes) rows.push([route, await timesOf(bench, route, requests)] as const);
  return {
    title: `Every route with ${calls} calls up, one request at a time`,
    text: renderTable(
      HEAD,
      rows.map(([{ name }, values]) => row(name, values)),
    ),
    judgements: rows.map(([{ name }, values]) => judge(budgets.route, percentile(values, 0.99), name)),
    runs: rows.map(([{ name }, values]) => ({ name, values })),
  };
}

/** Milliseconds of each request. @throws unless each is answered 2xx */
async function timesOf({ box, timer, residents }: Bench, route: ApiRoute, requests: number): Promise<number[]> {
  const { application, facts } = box;
  const headers: Record<string, string> =
    route.as === 'project'
      ? { 'x-opentok-auth': application.credential() }
      : { authorization: `Bearer ${route.as === 'operator' ? facts.operatorToken : 'none'}` };
  const took: number[] = [];
  for (let index = 0; index < WARM_UP + requests; index++) {
    const resident = residents[index % residents.length] as Resident;
    const request = route.request(`/v2/project/${application.apiKey}`, resident);
    const { status, text, ms } = await timer.ask({ headers, ...request });
    if (status < 200 || status >= 300) throw new Error(`${route.name} was answered ${status}: ${text}`);
    if (index >= WARM_UP) took.push(ms);
  }
  return took;
}

/** Calls come and go, some a second; the calls that are up say nothing. */
async function measureEvents(bench: Bench, { calls, seconds }: Options): Promise<Section> {
  const { box, webhook } = bench;
  const watch = await EventDelayWatch.open(box, webhook);
  try {
    const startedAt = performance.now();
    const visits: Promise<unknown>[] = [];
    for (let call = 0; call < EVENT_CALLS_A_SECOND * seconds; call++) {
      await sleep(Math.max(0, startedAt + (call * 1000) / EVENT_CALLS_A_SECOND - performance.now()));
      visits.push(visit(bench));
    }
    await Promise.all(visits);
    await sleep(1_000); // what is still on its way
    const delays = watch.delays;
    return {
      title: `Events with ${calls} calls up and ${EVENT_CALLS_A_SECOND} more coming and going a second`,
      text: renderTable(HEAD, [row('event → webhook', delays.webhook), row('event → MQTT', delays.mqtt)]),
      judgements: [
        judge(budgets.eventToWebhook, percentile(delays.webhook, 0.99)),
        judge(budgets.eventToMqtt, percentile(delays.mqtt, 0.99)),
      ],
      runs: [delays],
    };
  } finally {
    await watch.close();
  }
}

/** A call that is up for a moment. */
async function visit({ box, timer, phones }: Bench): Promise<void> {
  const placed = await dialMany(box, timer, phones, 1);
  await sleep(500);
  await hangUpMany(
    box,
    timer,
    placed.map(({ resident }) => resident),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: 'string', default: '200' },
      dials: { type: 'string', default: '1000' },
      requests: { type: 'string', default: '300' },
      seconds: { type: 'string', default: '15' },
      json: { type: 'string' },
    },
  });
  const number = (name: 'calls' | 'dials' | 'requests' | 'seconds') => numbers(name, values[name])[0] as number;
  console.log(renderMachine(describeMachine()));
  const sections = await measureApi({
    calls: number('calls'),
    dials: number('dials'),
    requests: number('requests'),
    seconds: number('seconds'),
  });
  console.log(sections.map(renderSection).join('') + renderSummary(sections));
  writeJson(values.json, sections);
}

await runAsEntry(import.meta.url, main);
