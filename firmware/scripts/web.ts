import { CrosspointError } from '../base/errors.ts';

/** An address of the application's, and how it is asked. */
export interface WebTarget {
  readonly url: string;
  readonly method: 'GET' | 'POST';
}

/** All that a request for a document is, as a dialect has made it. */
export interface WebRequest {
  /** With its query. */
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** null of GET. */
  readonly body: string | null;
}

/** What came back. */
export interface WebDocument {
  /** Where it lay in the end: addresses in it are relative to this. */
  readonly url: URL;
  /** Lower case, without parameters; empty: none was given. */
  readonly contentType: string;
  readonly text: string;
}

/** Why there is no document. */
export interface WebFailure {
  /** One of `fetchFailures`. */
  readonly code: FetchFailureCode;
  /** A sentence; it holds no URL and no password. */
  readonly message: string;
  /** HTTP status, where there was one. */
  readonly status: number | null;
  readonly target: WebTarget;
}

/** An answer that is no 2xx. */
export class BadStatus extends CrosspointError {
  readonly status: number;

  constructor(status: number, message: string) {
    super('script.fetch-status', message);
    this.status = status;
  }
}

/** Codes of CrosspointErrors with which fetching and reading a document fail. */
export const fetchFailures = {
  'script.fetch-refused': 'the address is private, no http(s) URL, nobody listens there, or the connection broke',
  'script.fetch-timeout': 'there was no whole answer in time',
  'script.fetch-status': 'the answer was no 2xx',
  'script.fetch-redirects': 'the answers lead round and round, or to a place where none may be fetched',
  'script.fetch-too-large': 'the document is larger than a script may be',
  'script.not-a-script': 'what came is no document of that kind: HTML, broken JSON or XML, an XML entity',
} as const;
export type FetchFailureCode = keyof typeof fetchFailures;
