/**
 * What signalling alone costs: two user agents in two processes on loopback UDP, seven messages a call
 * (INVITE, 180, 200, ACK, BYE, 200, and 100 when the callee is late).
 *
 *     npx tsx firmware/sip/user-agent/user-agent.bench.ts [calls per second] [seconds]
 *
 * Prints calls a second, failures, INVITE→200 times and CPU milliseconds a call of either side. Pin the callee
 * with taskset to measure one core.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { parseUri } from '../message/uri.ts';
import { UserAgent } from './user-agent.ts';

const SDP = Buffer.from(
  [
    'v=0',
    'o=- 3849 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 10000 RTP/AVP 0 8 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n'),
);

async function startAgent(): Promise<UserAgent> {
  const agent = new UserAgent({
    listeners: [{ transport: 'udp', host: '127.0.0.1', port: 0 }],
    clock: systemClock,
    log: silentLog,
    isTrusted: () => true,
    allowTarget: () => true,
    name: 'bench',
  });
  await agent.start();
  return agent;
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function callee(): Promise<void> {
  const agent = await startAgent();
  let calls = 0;
  let cpuAtStart = cpuMs();
  agent.onInvite = invite => {
    calls += 1;
    invite.ring();
    invite.accept(SDP);
  };
  process.on('message', what => {
    if (what === 'begin') {
      calls = 0;
      cpuAtStart = cpuMs();
      return;
    }
    const rssMb = process.memoryUsage().rss / 2 ** 20;
    process.send?.({ calls, cpuMs: cpuMs() - cpuAtStart, rssMb, dump: agent.dump(), counters: agent.counters });
  });
  process.on('disconnect', () => void agent.close());
  process.send?.({ port: agent.listening[0]!.port });
}

interface Figures {
  answered: number;
  ended: number;
  failed: number;
  setupMs: number[];
}

function call(agent: UserAgent, port: number, figures: Figures): void {
  const uri = `sip:bench@127.0.0.1:${port}`;
  const options = {
    target: parseUri(uri),
    requestUri: uri,
    from: { uri: 'sip:caller@127.0.0.1' },
    to: uri,
    headers: [] as [string, string][],
    body: SDP,
    contentType: 'application/sdp' as const,
    ringLimitMs: 60_000,
  };
  const begun = performance.now();
  agent.invite(options, {
    progress: () => {},
    accepted: dialog => {
      figures.answered += 1;
      figures.setupMs.push(performance.now() - begun);
      void dialog.bye().then(({ status }) => {
        figures.ended += status === 200 ? 1 : 0;
      });
    },
    failed: () => {
      figures.failed += 1;
    },
  });
}

async function run(agent: UserAgent, port: number, rate: number, seconds: number): Promise<Figures> {
  const figures: Figures = { answered: 0, ended: 0, failed: 0, setupMs: [] };
  const begun = performance.now();
  const total = rate * seconds;
  for (let placed = 0; placed < total; ) {
    const due = Math.min(total, Math.ceil(((performance.now() - begun) * rate) / 1000));
    while (placed < due) {
      call(agent, port, figures);
      placed += 1;
    }
    await new Promise<void>(later => systemClock.after(1, later));
  }
  const deadline = performance.now() + 5000;
  while (figures.ended + figures.failed < total && performance.now() < deadline) {
    await new Promise<void>(later => systemClock.after(5, later));
  }
  return figures;
}

async function caller(rate: number, seconds: number): Promise<void> {
  const child = fork(process.argv[1]!, ['callee']);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const agent = await startAgent();
  await run(agent, port, Math.min(rate, 500), 2);
  child.send('begin');
  const cpuAtStart = cpuMs();
  const begun = performance.now();
  const { answered, ended, failed, setupMs } = await run(agent, port, rate, seconds);
  const tookMs = performance.now() - begun;
  const ownCpuMs = cpuMs() - cpuAtStart;
  child.send('report');
  const [there] = (await once(child, 'message')) as [{ calls: number; cpuMs: number; rssMb: number; dump: unknown }];
  setupMs.sort((a, b) => a - b);
  const at = (share: number) => (setupMs[Math.floor(share * (setupMs.length - 1))] ?? Number.NaN).toFixed(2);
  const total = rate * seconds;
  console.log(`asked for ${rate} calls/s for ${seconds} s: ${total} calls`);
  console.log(
    `${((ended / tookMs) * 1000).toFixed(0)} calls/s, ${answered} answered, ${ended} ended, ${failed} failed`,
  );
  console.log(`INVITE→200 p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`);
  console.log(`CPU a call: caller ${(ownCpuMs / total).toFixed(3)} ms, callee ${(there.cpuMs / total).toFixed(3)} ms`);
  console.log(`callee: ${there.rssMb.toFixed(0)} MB, ${JSON.stringify(there.dump)}`);
  child.disconnect();
  await agent.close();
}

if (process.argv[2] === 'callee') await callee();
else await caller(Number(process.argv[2] ?? 500), Number(process.argv[3] ?? 10));
