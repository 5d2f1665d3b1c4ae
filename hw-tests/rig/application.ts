import jwt from 'jsonwebtoken';
import {
  called,
  OpenTok,
  type OpentokSdk,
  type SdkCall,
  type SdkStream,
} from '../../firmware/api/testing/opentok-sdk.ts';

export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON, {} when it is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string;
}

/** An application that uses the box: the official SDK, and raw requests for what the SDK would not send. */
export class Application {
  readonly sdk: OpentokSdk;
  readonly url: string;
  readonly apiKey: string;
  readonly #secret: string;

  constructor(url: string, { apiKey, apiSecret }: Credentials) {
    this.url = url;
    this.apiKey = apiKey;
    this.#secret = apiSecret;
    this.sdk = new OpenTok(apiKey, apiSecret, url);
  }

  async createSession(): Promise<string> {
    const { sessionId } = await called<{ sessionId: string }>(back =>
      this.sdk.createSession({ mediaMode: 'routed' }, back),
    );
    return sessionId;
  }

  token(session: string, options?: Record<string, unknown>): string {
    return this.sdk.generateToken(session, options);
  }

  dial(session: string, uri: string, options: Record<string, unknown> = {}): Promise<SdkCall> {
    return called(back => this.sdk.dial(session, this.token(session), uri, options, back));
  }

  hangUp(session: string, connection: string): Promise<void> {
    return called(back => this.sdk.forceDisconnect(session, connection, back));
  }

  /** @param connection null: every call of the session */
  playDigits(session: string, connection: string | null, digits: string): Promise<void> {
    return called(back => this.sdk.playDTMF(session, connection, digits, back));
  }

  mute(session: string, stream: string): Promise<void> {
    return called(back => this.sdk.forceMuteStream(session, stream, back));
  }

  muteAll(session: string, options: Record<string, unknown> = {}): Promise<void> {
    return called(back => this.sdk.forceMuteAll(session, options, back));
  }

  endMute(session: string): Promise<void> {
    return called(back => this.sdk.disableForceMute(session, back));
  }

  streams(session: string): Promise<SdkStream[]> {
    return called(back => this.sdk.listStreams(session, back));
  }

  stream(session: string, stream: string): Promise<SdkStream> {
    return called(back => this.sdk.getStream(session, stream, back));
  }

  /** A project token as the SDK makes it, or with other claims or another secret. */
  credential(claims: Readonly<Record<string, unknown>> = {}, secret = this.#secret): string {
    const exp = Math.floor(Date.now() / 1000) + 300;
    return jwt.sign({ iss: this.apiKey, ist: 'project', exp, ...claims }, secret);
  }

  /** A request with a good credential; its headers go over it. */
  request(method: string, path: string, { headers, json, body }: RawRequest = {}): Promise<Answer> {
    return send(`${this.url}${path}`, method, {
      headers: {
        'x-opentok-auth': this.credential(),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: json === undefined ? body : JSON.stringify(json),
    });
  }

  projectPath(rest: string): string {
    return `/v2/project/${this.apiKey}/${rest}`;
  }
}

export async function send(
  url: string,
  method = 'GET',
  options: { headers?: Readonly<Record<string, string>>; body?: string | undefined } = {},
): Promise<Answer> {
  const answer = await fetch(url, { method, ...options, signal: AbortSignal.timeout(10_000) });
  const text = await answer.text();
  let body: Answer['body'] = {};
  try {
    body = JSON.parse(text) as Answer['body'];
  } catch {
    // Not JSON: the tests that care look at the text.
  }
  return { status: answer.status, headers: answer.headers, text, body };
}
