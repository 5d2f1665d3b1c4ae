import { fork } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../rig/until.ts';
import type { SetupServer } from './setup-server.ts';
import { inRepository } from './tools.ts';

/** Our SIP stack alone, in a process that answers every INVITE: no media leg, no event. */
export const answeringAgent: SetupServer = {
  name: 'signalling alone',
  rates: [250, 500, 1000, 1200],
  async start() {
    const child = fork(inRepository('firmware/sip/user-agent/user-agent.bench.ts'), ['callee']);
    const stop = async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    };
    try {
      const [{ port }] = (await within(10_000, 'starting the user agent', once(child, 'message'))) as [
        { port: number },
      ];
      return { address: `127.0.0.1:${port}`, pids: [child.pid as number], stop };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};
