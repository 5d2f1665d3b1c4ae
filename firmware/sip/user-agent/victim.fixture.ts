import { pino } from 'pino';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { RFC_TIMERS } from '../transaction/timers.ts';
import { NOTHING, startAgent } from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

/** Not 127.0.0.1: the answers go to the ports that the messages name, where somebody else might listen. */
export const SOURCE = '127.0.44.75';
/** 64·T1 twice, for an INVITE whose answer is never acknowledged. */
const LONG_ENOUGH_MS = 130_000;

/** An agent whose time stands still, and everything that it sends. */
export class Victim {
  readonly sent: string[] = [];
  readonly faults: string[] = [];
  readonly #clock = new ManualClock();
  #agent: UserAgent | null = null;
  #heard: (() => void) | null = null;
  #guards = 0;

  async start(): Promise<this> {
    const agent = await startAgent({
      clock: this.#clock,
      timers: RFC_TIMERS,
      // Nothing leaves this machine: names are asked of nobody, and other addresses stand for where the message came from.
      dnsServers: ['127.0.0.1:9'],
      allowTarget: address => address === SOURCE,
      log: pino({ level: 'error' }, { write: line => void this.faults.push(line) }),
      listeners: [
        { transport: 'udp', host: '127.0.0.1', port: 0 },
        { transport: 'tcp', host: '127.0.0.1', port: 0 },
      ],
      tap: (direction, bytes) => {
        if (direction === 'in') return;
        this.sent.push(bytes.toString());
        this.#heard?.();
      },
    });
    this.#agent = agent;
    return this;
  }

  get agent(): UserAgent {
    if (!this.#agent) throw new Error('the agent is not started');
    return this.#agent;
  }

  port(transport: 'udp' | 'tcp'): number {
    return this.agent.listening.find(local => local.transport === transport)?.port ?? 0;
  }

  /** An OPTIONS behind a message: its answer shows that the message has been dealt with, and that the agent lives. */
  guard(): { bytes: Buffer; answered: Promise<void> } {
    this.#guards += 1;
    const id = `guard-${this.#guards}`;
    const lines = [
      'OPTIONS sip:guard@127.0.0.1 SIP/2.0',
      `Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK${id};rport`,
      'From: <sip:guard@127.0.0.1>;tag=1',
      'To: <sip:guard@127.0.0.1>',
      `Call-ID: ${id}`,
      'CSeq: 1 OPTIONS',
      'Content-Length: 0',
    ];
    const answered = new Promise<void>(done => {
      this.#heard = () => {
        if (this.sent.some(text => text.includes(`Call-ID: ${id}\r\n`))) done();
      };
    });
    return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), answered };
  }

  /** What it has sent since the last time, but for guards and 100. */
  answers(): string[] {
    const texts = this.sent.splice(0);
    return texts.filter(text => !text.includes('Call-ID: guard-') && !text.startsWith('SIP/2.0 100'));
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  /** As `holdsNothing`, for calls that need more than their own timers: a name that is looked up, another call's end. */
  async restsAndHoldsNothing(): Promise<void> {
    for (let turn = 0; turn < 100 && Object.values(this.agent.dump()).some(count => count > 0); turn++) {
      this.#clock.advance(LONG_ENOUGH_MS);
      await new Promise<void>(next => setImmediate(next));
    }
    this.holdsNothing();
  }

  /** Nothing is left when every timer that was set has run; the next message may look like this one. */
  holdsNothing(): void {
    this.#clock.advance(LONG_ENOUGH_MS);
    this.sent.length = 0;
    assert.equal(this.agent.dump(), NOTHING);
    assert.equal(this.faults, []);
  }
}
