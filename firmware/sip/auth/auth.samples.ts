// Requests and responses for the tests beside this file.
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';

type Pairs = readonly (readonly [string, string])[];

export const request = (method = 'INVITE', uri = 'sip:+15551234@example.com', headers: Pairs = []): SipRequest => ({
  kind: 'request',
  method,
  uri,
  headers: Headers.of(headers),
  body: Buffer.from('v=0\r\n'),
});

export const response = (status: number, headers: Pairs = []): SipResponse => ({
  kind: 'response',
  status,
  reason: '',
  headers: Headers.of(headers),
  body: Buffer.alloc(0),
});

/** One parameter of an authentication header, unquoted. */
export const field = (header: string | undefined, name: string): string | undefined =>
  new RegExp(`[ ,]${name}="?([^",]*)"?(?:,|$)`).exec(header ?? '')?.[1];
