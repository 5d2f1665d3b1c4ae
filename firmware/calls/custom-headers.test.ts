import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../sip/message/headers.ts';
import { customHeaders } from './custom-headers.ts';

test('X- headers are kept in their order and spelling, and no others', () => {
  const headers = Headers.of([
    ['X-Ticket', '4711'],
    ['User-Agent', 'phone'],
    ['x-ticket', 'again'],
    ['Max-Forwards', '70'],
  ]);
  assert.equal(customHeaders(headers), [
    ['X-Ticket', '4711'],
    ['x-ticket', 'again'],
  ]);
});

test('no more than 32 headers and 4096 bytes are kept', () => {
  const many = (count: number, value: string) =>
    customHeaders(Headers.of(Array.from({ length: count }, (_, at) => [`X-${at}`, value] as const)));
  assert.is(many(40, 'a').length, 32);
  assert.is(many(8, 'b'.repeat(1_000)).length, 4);
});

test.run();
