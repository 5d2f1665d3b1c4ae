import { TextDecoder } from 'node:util';
import type { ProjectId } from '../../base/ids.ts';
import type { Documents } from '../ports.ts';
import type { WebDocument, WebRequest } from '../web.ts';
import { boundedBody } from './bounded-body.ts';
import { Turns } from './turns.ts';
import type { WebAnswer, WebClient } from './web-client.ts';

export interface WebDocumentsOptions {
  readonly client: WebClient;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Of a project, or of a server where no project is named. */
  readonly atOnce?: number;
}

/** Documents of applications, over HTTP. */
export class WebDocuments implements Documents {
  readonly #options: Required<WebDocumentsOptions>;
  readonly #turns: Turns;

  constructor({ client, timeoutMs = 15_000, maxBytes = 256 * 1024, atOnce = 32 }: WebDocumentsOptions) {
    this.#options = { client, timeoutMs, maxBytes, atOnce };
    this.#turns = new Turns(atOnce);
  }

  /** @param project others do not wait for what it fetches */
  fetch(request: WebRequest, signal: AbortSignal, project?: ProjectId): Promise<WebDocument> {
    const { client, timeoutMs, maxBytes } = this.#options;
    const read = (answer: WebAnswer) => documentOf(answer, maxBytes);
    return this.#turns.take(project ?? request.url.origin, signal, () =>
      client.fetch(request, { timeoutMs, read }, signal),
    );
  }
}

async function documentOf(answer: WebAnswer, maxBytes: number): Promise<WebDocument> {
  const chunks: Buffer[] = [];
  for await (const chunk of boundedBody(answer, maxBytes)) chunks.push(chunk);
  const [type = '', ...parameters] = answer.header('content-type').toLowerCase().split(';');
  const charset = parameters.map(parameter => /^\s*charset\s*=\s*"?([^"\s]+)/.exec(parameter)?.[1]).find(Boolean);
  return { url: answer.url, contentType: type.trim(), text: decoderOf(charset).decode(Buffer.concat(chunks)) };
}

/** UTF-8 unless it says something else that can be read. */
function decoderOf(charset = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
