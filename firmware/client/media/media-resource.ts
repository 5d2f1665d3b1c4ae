import { type Failure, OTError } from '../ot-error.ts';
import type { PictureWishes } from './picture-wish.ts';

const ANSWER_MS = 10_000;

export interface ResourceAddress {
  /** Of the WHIP or WHEP endpoint. */
  readonly url: string;
  readonly token: string;
  /** Of the event channel that the stream belongs to. */
  readonly clientKey: string;
}

/** What the endpoint said no with. */
export class ResourceError extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Whether the same request may succeed a little later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  asOTError({ name, code }: Failure): OTError {
    if (this.status === 401) return new OTError('OT_AUTHENTICATION_ERROR', this.message, { cause: this });
    if (this.status === 403) return new OTError('OT_PERMISSION_DENIED', this.message, { cause: this, code });
    if (this.status === 404) return new OTError('OT_STREAM_NOT_FOUND', this.message, { cause: this });
    return new OTError(name, this.message, { cause: this, code });
  }
}

/** A publication (WHIP, RFC 9725) or subscription (WHEP) on the box. */
export class MediaResource {
  readonly answer: string;
  /** Null of a subscription. */
  readonly streamId: string | null;
  readonly #address: ResourceAddress;
  readonly #location: string;
  #closed = false;

  /** @throws ResourceError */
  static async create(address: ResourceAddress, offer: string, cancelled: AbortSignal): Promise<MediaResource> {
    const answer = await ask(address.url, address, 'POST', offer, 'application/sdp', cancelled);
    return new MediaResource(address, answer, await answer.text());
  }

  private constructor(address: ResourceAddress, response: Response, answer: string) {
    this.#address = address;
    this.answer = answer;
    this.streamId = response.headers.get('crosspoint-stream');
    this.#location = new URL(response.headers.get('location') ?? '', address.url).href;
  }

  /**
   * RFC 9725 §4.3.3. Resolves with the fragment of the box.
   * @throws ResourceError
   */
  async restartIce(fragment: string, cancelled: AbortSignal): Promise<string> {
    const type = 'application/trickle-ice-sdpfrag';
    const answer = await ask(this.#location, this.#address, 'PATCH', fragment, type, cancelled, { 'if-match': '*' });
    return answer.text();
  }

  /**
   * What a subscription wants of its picture. Resolves when that is so.
   * @throws ResourceError
   */
  async wish(wishes: Partial<PictureWishes>, cancelled: AbortSignal): Promise<void> {
    const patch = JSON.stringify(wishes);
    await ask(this.#location, this.#address, 'PATCH', patch, 'application/merge-patch+json', cancelled);
  }

  /** Ends it; the box does so by itself when that does not arrive. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const options = { method: 'DELETE', headers: credentials(this.#address), keepalive: true };
    fetch(this.#location, options).catch(() => {});
  }
}

function credentials({ token, clientKey }: ResourceAddress): Record<string, string> {
  return { authorization: `Bearer ${token}`, 'crosspoint-client': clientKey };
}

async function ask(
  url: string,
  address: ResourceAddress,
  method: string,
  body: string,
  type: string,
  cancelled: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(ANSWER_MS)]);
  let response: Response;
  try {
    const all = { ...credentials(address), 'content-type': type, ...headers };
    response = await fetch(url, { method, headers: all, body, signal });
  } catch (error) {
    throw new ResourceError(0, `The box does not answer: ${error instanceof Error ? error.message : error}`);
  }
  if (response.ok) return response;
  throw new ResourceError(response.status, await problemOf(response));
}

/** The sentence of the box's error body. */
async function problemOf(response: Response): Promise<string> {
  try {
    const { message, error } = (await response.json()) as { message?: unknown; error?: unknown };
    return `${message ?? `HTTP ${response.status}`}${error ? ` (${error})` : ''}`;
  } catch {
    return `The box answered with HTTP ${response.status}`;
  }
}
