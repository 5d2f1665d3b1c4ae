import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { parseConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { Headers } from '../sip/message/headers.ts';
import type { RequestOptions, RequestOutcome } from '../sip/user-agent/out-of-dialog.ts';
import { startAgent } from '../sip/user-agent/user-agent.fixture.ts';
import type { UserAgent, UserAgentOptions } from '../sip/user-agent/user-agent.ts';
import type { TrunkAgent } from './trunk-agent.ts';
import type { TrunkView } from './trunk-view.ts';
import { Trunks, type TrunksOptions } from './trunks.ts';

export const LOCAL = {
  transport: 'udp',
  address: '192.0.2.1',
  port: 5060,
  advertised: { host: '192.0.2.1', port: 5060 },
  sentBy: '192.0.2.1:5060',
} as const;

/** A configuration with these trunks, written as JSON, which YAML is too. */
export function configOf(trunks: readonly object[], more: object = {}): Config {
  return parseConfig(JSON.stringify({ trunks, ...more }), 'test');
}

type Answer = Partial<Extract<RequestOutcome, { kind: 'response' }>> | 'timeout';

/** A stack that answers as a test says, at once, and remembers what it was to send. */
export class FakeAgent implements TrunkAgent {
  readonly listening = [LOCAL];
  readonly sent: RequestOptions[] = [];
  answer: (request: RequestOptions) => Answer | Promise<Answer> = () => ({});

  async request(options: RequestOptions): Promise<RequestOutcome> {
    this.sent.push(options);
    const answer = await this.answer(options);
    const cseq = options.cseq ?? 1;
    if (answer === 'timeout') return { kind: 'failed', code: 'sip.timeout', message: 'no answer', cseq };
    return {
      kind: 'response',
      status: 200,
      reason: '',
      headers: new Headers(),
      body: Buffer.alloc(0),
      hop: { transport: 'udp', address: '192.0.2.9', port: 5060 },
      local: LOCAL,
      roundTripMs: 5,
      cseq,
      ...answer,
    };
  }
}

/** Lets promises that are settled go on. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export interface Box {
  readonly trunks: Trunks;
  readonly agent: UserAgent;
  readonly port: number;
  /** Every view that was told of. */
  readonly told: TrunkView[];
  /** Resolves with the first view that fits, of those told already too. */
  until(fits: (view: TrunkView) => boolean): Promise<TrunkView>;
  close(): Promise<void>;
}

/** Trunks on a stack of their own at 127.0.0.1, put together as the service does. */
export async function startTrunks(
  config: Config,
  options: Partial<TrunksOptions> = {},
  agentOptions: Partial<UserAgentOptions> = {},
): Promise<Box> {
  const told: TrunkView[] = [];
  const waiting = new Set<() => void>();
  let agent: UserAgent | null = null;
  const trunks: Trunks = new Trunks({
    config,
    agent: () => agent ?? new FakeAgent(),
    accounts: { logins: [] },
    clock: systemClock,
    log: silentLog,
    random: () => 0,
    changed: view => {
      told.push(view);
      for (const look of waiting) look();
    },
    ...options,
  });
  agent = await startAgent({
    isTrusted: source => trunks.isTrusted(source),
    gatekeeper: trunks.gatekeeper,
    ...agentOptions,
  });
  agent.onRequest = trunks.takeRequest;
  trunks.start();
  const until = (fits: (view: TrunkView) => boolean) =>
    new Promise<TrunkView>(found => {
      const look = () => {
        const view = told.find(fits);
        if (!view) return;
        waiting.delete(look);
        found(view);
      };
      waiting.add(look);
      look();
    });
  const stack = agent;
  const close = async () => {
    await trunks.close();
    await stack.close();
  };
  return { trunks, agent, port: agent.listening[0]?.port ?? 0, told, until, close };
}
