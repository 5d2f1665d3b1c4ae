import type { Answer } from './application.ts';
import { send } from './application.ts';

const OFFER = 'application/sdp';
const FRAGMENT = 'application/trickle-ice-sdpfrag';

/** Where a stream is published or subscribed to, and with what. */
export interface StreamPlace {
  /** Of the box. */
  readonly url: string;
  readonly session: string;
  readonly token: string;
  readonly kind: 'whip' | 'whep';
  /** What is subscribed to; absent: the mix. */
  readonly stream?: string | undefined;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The POST of RFC 9725 §4.2, whatever comes of it. */
export function postOffer({ url, session, token, kind, stream }: StreamPlace, offer: string): Promise<Answer> {
  const query = stream === undefined ? '' : `?stream=${stream}`;
  const headers = { ...bearer(token), 'content-type': OFFER };
  return send(`${url}/v2/session/${session}/${kind}${query}`, 'POST', { headers, body: offer });
}

/** A publication or subscription that the box has made (RFC 9725). */
export class WhipResource {
  readonly answer: string;
  /** Of a publication. */
  readonly streamId: string;
  readonly connectionId: string;
  readonly #url: string;
  readonly #token: string;

  /** @throws Error with what the box said */
  static async create(place: StreamPlace, offer: string): Promise<WhipResource> {
    const answer = await postOffer(place, offer);
    if (answer.status !== 201) throw new Error(`${place.kind}: ${answer.status} ${answer.text}`);
    return new WhipResource(place, answer);
  }

  private constructor({ url, token }: StreamPlace, { headers, text }: Answer) {
    this.answer = text;
    this.streamId = headers.get('crosspoint-stream') ?? '';
    this.connectionId = headers.get('crosspoint-connection') ?? '';
    this.#url = `${url}${headers.get('location')}`;
    this.#token = token;
  }

  /** The value of one of the answer's attributes, such as ice-ufrag. */
  attribute(name: string): string {
    const value = new RegExp(`^a=${name}:(.*)$`, 'm').exec(this.answer)?.[1]?.trim();
    if (value === undefined) throw new Error(`the answer has no a=${name}: ${this.answer}`);
    return value;
  }

  /** Where the box takes the media: its first candidate. */
  get media(): { readonly host: string; readonly port: number } {
    const [, , , , host = '', port = ''] = this.attribute('candidate').split(' ');
    return { host, port: Number(port) };
  }

  patch(fragment: string): Promise<Answer> {
    const headers = { ...bearer(this.#token), 'content-type': FRAGMENT, 'if-match': '*' };
    return send(this.#url, 'PATCH', { headers, body: fragment });
  }

  /** The status of the answer. */
  async delete(): Promise<number> {
    return (await send(this.#url, 'DELETE', { headers: bearer(this.#token) })).status;
  }
}
