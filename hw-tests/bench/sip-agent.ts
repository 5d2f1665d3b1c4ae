/**
 * Our SIP stack alone in a process of its own: no media leg, no event. It answers every INVITE; ordered to, it places
 * calls and reports what became of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, call, startAgent } from './sip-calls.ts';

export interface CallOrder {
  /** Port on 127.0.0.1. */
  readonly port: number;
  /** Calls a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly holdMs: number;
}

export interface CallReport {
  readonly calls: number;
  /** Calls that were not answered, or whose BYE was not. */
  readonly failed: number;
  /** INVITE → first response, → 200, milliseconds. */
  readonly firstResponseMs: readonly number[];
  readonly answeredMs: readonly number[];
}

export interface AgentReady {
  readonly port: number;
}

/** Time for the last calls' BYE, beyond their hold. */
const PATIENCE_MS = 10_000;

async function callMany(agent: Agent, { port, rate, seconds, holdMs }: CallOrder): Promise<CallReport> {
  const calls = Math.round(rate * seconds);
  const [firstResponseMs, answeredMs]: [number[], number[]] = [[], []];
  const begun = performance.now();
  let over = 0;
  for (let placed = 0; placed < calls; ) {
    const due = Math.min(calls, 1 + Math.floor(((performance.now() - begun) * rate) / 1000));
    for (; placed < due; placed += 1) {
      void call(agent, port, holdMs).then(times => {
        over += 1;
        if (times === null) return;
        firstResponseMs.push(times.firstResponseMs);
        answeredMs.push(times.answeredMs);
      });
    }
    // No oftener than needed: waking up is CPU time too.
    await sleep((placed * 1000) / rate - (performance.now() - begun));
  }
  const deadline = performance.now() + holdMs + PATIENCE_MS;
  while (over < calls && performance.now() < deadline) await sleep(20);
  return { calls, failed: calls - answeredMs.length, firstResponseMs, answeredMs };
}

const { agent, port } = await startAgent();
process.on('message', (order: CallOrder) => void callMany(agent, order).then(report => process.send?.(report)));
process.on('disconnect', () => void agent.close());
process.send?.({ port } satisfies AgentReady);
