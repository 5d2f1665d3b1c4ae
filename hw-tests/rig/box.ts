import type { LegStats } from '../../pipelines/protocol/figures.ts';
import { type Answer, Application, type Credentials, send } from './application.ts';
import { until } from './until.ts';

/** What an operator sees of a live call (`GET /device/calls`). */
export interface LiveCall {
  readonly id: string;
  readonly connectionId: string | null;
  readonly to: string;
  readonly state: string;
  readonly direction: 'inbound' | 'outbound';
  readonly muted: boolean;
  readonly digits: readonly { readonly side: string; readonly digit: string | null; readonly source: string }[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly media: readonly (LegStats | null)[];
  readonly codecs: readonly ({
    readonly sends: string;
    readonly payloadType: number;
    readonly packetMs: number;
    readonly reason: string;
  } | null)[];
}

/** Where a box is and what a stranger needs to use it. */
export interface BoxFacts {
  readonly http: string;
  readonly sip: { readonly host: string; readonly udpPort: number; readonly tcpPort: number };
  readonly project: Credentials;
  readonly operatorToken: string;
  /** For an operator who only listens. */
  readonly mqttUrl: string;
  /** The box's name in topics. */
  readonly name: string;
}

/** A running box as the tests use it, ours or an existing one. */
export class Box {
  readonly facts: BoxFacts;
  readonly application: Application;

  constructor(facts: BoxFacts) {
    this.facts = facts;
    this.application = new Application(facts.http, facts.project);
  }

  get sipAddress(): { readonly host: string; readonly port: number } {
    return { host: this.facts.sip.host, port: this.facts.sip.udpPort };
  }

  health(): Promise<number> {
    return send(`${this.facts.http}/health`).then(
      ({ status }) => status,
      () => 0,
    );
  }

  /** The newest first. */
  async calls(): Promise<LiveCall[]> {
    const { status, text, body } = await this.asOperator('GET', '/device/calls');
    if (status !== 200) throw new Error(`GET /device/calls: ${status} ${text}`);
    return body.items as LiveCall[];
  }

  /** Asks for something as the operator; the status of the answer. */
  async operate(method: string, path: string): Promise<number> {
    return (await this.asOperator(method, path)).status;
  }

  asOperator(method: string, path: string, json?: unknown): Promise<Answer> {
    return send(`${this.facts.http}${path}`, method, {
      headers: {
        authorization: `Bearer ${this.facts.operatorToken}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
  }

  async callOf(connectionId: string): Promise<LiveCall | undefined> {
    return (await this.calls()).find(call => call.connectionId === connectionId);
  }

  /** The media figures of a connection's leg; fails when there are none. */
  async mediaOf(connectionId: string): Promise<LegStats> {
    const stats = (await this.callOf(connectionId))?.media[0];
    if (!stats) throw new Error(`no media figures of connection ${connectionId}`);
    return stats;
  }

  async idle(limitMs = 10_000): Promise<void> {
    await until('the box to have no call', async () => (await this.calls()).length === 0, {
      limitMs,
      everyMs: 50,
      state: () => this.calls(),
    });
  }
}
