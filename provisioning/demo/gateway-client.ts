import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { LegStats } from '../../pipelines/protocol/figures.ts';

/** What the demo reads of a live call (GET /device/calls). */
export interface LiveCall {
  readonly id: string;
  readonly sessionId: string | null;
  readonly direction: 'outbound' | 'inbound';
  readonly to: string;
  readonly state: string;
  readonly media: readonly (LegStats | null)[];
}

/** Drives the gateway over HTTP with nothing but what an application has: a key, a secret, and fetch. */
export class GatewayClient {
  readonly #baseUrl: string;
  readonly #apiKey: string;
  readonly #apiSecret: string;
  readonly #operatorToken: string;

  constructor(options: { baseUrl: string; apiKey: string; apiSecret: string; operatorToken: string }) {
    this.#baseUrl = options.baseUrl;
    this.#apiKey = options.apiKey;
    this.#apiSecret = options.apiSecret;
    this.#operatorToken = options.operatorToken;
  }

  async createSession(): Promise<string> {
    const body = new URLSearchParams({ 'p2p.preference': 'disabled', archiveMode: 'manual' });
    const [session] = (await this.#project('POST', '/session/create', body)) as { session_id: string }[];
    if (!session) throw new Error('the gateway answered session/create without a session');
    return session.session_id;
  }

  async dial(sessionId: string, uri: string): Promise<{ id: string; connectionId: string }> {
    const body = JSON.stringify({ sessionId, token: this.#participantToken(sessionId, 'publisher'), sip: { uri } });
    return (await this.#project('POST', `/v2/project/${this.#apiKey}/dial`, body)) as {
      id: string;
      connectionId: string;
    };
  }

  async hangUp(sessionId: string, connectionId: string): Promise<void> {
    await this.#project('DELETE', `/v2/project/${this.#apiKey}/session/${sessionId}/connection/${connectionId}`);
  }

  /** Opens the agent page in a session, as its moderator, for an hour. The fragment is sent to no server. */
  agentLink(sessionId: string): string {
    const session = { session: sessionId, token: this.#participantToken(sessionId, 'moderator'), apiKey: this.#apiKey };
    return `${this.#baseUrl}/agent#${new URLSearchParams(session)}`;
  }

  async calls(): Promise<LiveCall[]> {
    const headers = { authorization: `Bearer ${this.#operatorToken}` };
    return ((await this.#request('GET', '/device/calls', headers)) as { items: LiveCall[] }).items;
  }

  #project(method: string, path: string, body?: string | URLSearchParams): Promise<unknown> {
    const claims = { iss: this.#apiKey, ist: 'project' };
    const headers: Record<string, string> = { 'x-opentok-auth': jwt.sign(claims, this.#apiSecret, { expiresIn: 180 }) };
    if (typeof body === 'string') headers['content-type'] = 'application/json';
    return this.#request(method, path, headers, body);
  }

  #participantToken(sessionId: string, role: string): string {
    const claims = {
      iss: this.#apiKey,
      ist: 'project',
      session_id: sessionId,
      scope: 'session.connect',
      role,
      nonce: randomUUID(),
    };
    return jwt.sign({ ...claims, create_time: Math.floor(Date.now() / 1000) }, this.#apiSecret, { expiresIn: 3600 });
  }

  async #request(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | URLSearchParams,
  ): Promise<unknown> {
    const answer = await fetch(this.#baseUrl + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
