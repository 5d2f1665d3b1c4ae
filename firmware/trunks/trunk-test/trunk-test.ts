import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import { tlsClient } from '../../config/tls-files.ts';
import type { TrunkConfig } from '../../config/trunk-schema.ts';
import type { UserAgent } from '../../sip/user-agent/user-agent.ts';
import { type ForwardTarget, parseForwardTarget } from '../forward-target.ts';
import { registrationOf } from '../registration/registration-of.ts';
import { callSteps } from './call-step.ts';
import { connectStep } from './connect-step.ts';
import { dnsStep } from './dns-step.ts';
import { startProbeAgent } from './probe-agent.ts';
import { optionsStep, registerStep } from './request-steps.ts';
import { failed, formatStep, type Step, skipped } from './step.ts';

export interface TrunkTest {
  readonly config: Config;
  readonly trunk: TrunkConfig;
  /** Called at each target; null: nobody is called. */
  readonly number: string | null;
  readonly clock: Clock;
  /** How long to listen to an answered call. */
  readonly listenMs: number;
  readonly print: (text: string) => void;
}

type UriTarget = Extract<ForwardTarget, { kind: 'uri' }>;

/** So many hosts of one target are connected to; the rest is their operator's to test. */
const MAX_HOPS = 4;

/**
 * Walks to each target of a trunk as a call would, and tells what it saw.
 * @returns whether every step went well
 * @throws CrosspointError config.tls-file, sip.listen-failed
 */
export async function testTrunk(test: TrunkTest): Promise<boolean> {
  const { config, trunk, print } = test;
  const agent = await startProbeAgent(config);
  let allWell = true;
  const tell = (...steps: Step[]) => {
    for (const step of steps) {
      if (step.verdict === 'failed') allWell = false;
      print(formatStep(step));
    }
  };
  try {
    const targets = trunk.targets.map(parseForwardTarget);
    for (const target of targets) {
      if (target.kind !== 'uri') continue;
      print(`\n${target.requestUri}`);
      await walk(test, agent, target, tell);
    }
    if (!targets.some(({ kind }) => kind === 'uri'))
      tell(skipped('targets', 'none that can be walked to: this peer comes to us'));
    await register(test, agent, tell);
  } finally {
    await agent.close();
  }
  return allWell;
}

async function walk(
  test: TrunkTest,
  agent: UserAgent,
  target: UriTarget,
  tell: (...steps: Step[]) => void,
): Promise<void> {
  const { config, trunk, number, clock, listenMs } = test;
  const { step, hops } = await dnsStep(target.uri, config, agent.listening);
  tell(step);
  const [hop] = hops;
  if (!hop) return;
  const client = tlsClient(config.sip.tls, trunk.tls);
  const connected: (Step | null)[] = [];
  for (const each of hops.slice(0, MAX_HOPS)) {
    const step = await connectStep(each, client);
    if (step) tell(step);
    connected.push(step);
  }
  if (connected.every(step => step?.verdict === 'failed')) {
    tell(skipped('options', 'there is no connection for it'));
    return;
  }
  tell(await optionsStep(agent, target.uri, target.timeoutMs));
  if (number === null) {
    tell(skipped('call', 'no number to call: give --number N, best of an echo service'));
    return;
  }
  try {
    tell(...(await callSteps({ agent, clock, config, trunk, target, hop, number, listenMs })));
  } catch (error) {
    tell(failed('call', [messageOf(error)], []));
  }
}

async function register(
  { trunk, print }: TrunkTest,
  agent: UserAgent,
  tell: (...steps: Step[]) => void,
): Promise<void> {
  const registrant = registrationOf(trunk);
  if (!registrant) return;
  print('');
  tell(await registerStep(agent, registrant));
}
