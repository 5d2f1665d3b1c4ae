import type { DialogRequest, DialogRequestOptions, DialogResponse } from '../dialog/dialog-listener.ts';
import { Headers } from '../message/headers.ts';
import type { ReferDialog } from './refer-notifier.ts';

export type HeaderLines = readonly (readonly [name: string, value: string])[];

interface Sent {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly contentType: string | undefined;
  answer(status: number | null, headers?: HeaderLines): Promise<void>;
}

/** Lets promises that have been settled be heard. */
export const turn = () => new Promise<void>(done => setImmediate(done));

/** A dialog whose requests a test answers itself. */
export class TestDialog implements ReferDialog {
  readonly sent: Sent[] = [];

  request(method: string, options: DialogRequestOptions = {}): Promise<DialogResponse> {
    const { headers = [], body = Buffer.alloc(0), contentType } = options;
    return new Promise(done => {
      const answer = async (status: number | null, lines: HeaderLines = []) => {
        done({ status, reason: 'as the test says', headers: Headers.of(lines), body: Buffer.alloc(0) });
        await turn();
      };
      this.sent.push({ method, headers: Headers.of(headers), body: body.toString(), contentType, answer });
    });
  }

  get last(): Sent {
    const last = this.sent.at(-1);
    if (!last) throw new Error('nothing was sent');
    return last;
  }
}

interface Response {
  readonly status: number;
  readonly headers: Headers;
}

/** A request of the far end, with the responses that it was given. */
export function incoming(
  method: string,
  lines: HeaderLines,
  text = '',
): DialogRequest & { readonly responses: Response[] } {
  const body = Buffer.from(text);
  const responses: Response[] = [];
  const respond = (status: number, _phrase?: string, headers: Iterable<readonly [string, string]> = []) => {
    responses.push({ status, headers: Headers.of(headers) });
  };
  const request = { kind: 'request' as const, method, uri: 'sip:box@example.com', headers: Headers.of(lines), body };
  return { method, request, body, respond, responses };
}
