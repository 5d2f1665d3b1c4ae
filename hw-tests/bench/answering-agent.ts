import { BenchChild } from './bench-child.ts';
import { SERVER_CORE } from './pinning.ts';
import type { SetupServer } from './setup-server.ts';
import type { AgentReady, CallOrder, CallReport } from './sip-agent.ts';

export type SipAgent = BenchChild<AgentReady, CallOrder, CallReport>;

export function startSipAgent(): Promise<SipAgent> {
  return BenchChild.start('hw-tests/bench/sip-agent.ts', SERVER_CORE);
}

/** Our SIP stack alone, in a process that answers every INVITE: no media leg, no event. */
export const answeringAgent: SetupServer = {
  name: 'signalling alone',
  rates: [250, 500, 1000, 1200],
  async start() {
    const agent = await startSipAgent();
    return { address: `127.0.0.1:${agent.ready.port}`, pids: [agent.pid], stop: () => agent.stop() };
  },
};
