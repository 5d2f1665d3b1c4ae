import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from './log.ts';

interface Line {
  readonly msg: string;
  readonly from?: unknown;
  readonly auth?: unknown;
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string };
}

function lineOf(fields: object): Line {
  const lines: string[] = [];
  createLog('info', { write: line => void lines.push(line) }).info(fields, 'a thing');
  return JSON.parse(lines.join('')) as Line;
}

const secrets: [string, object][] = [
  ['at the top', { password: 'hush' }],
  ['in an object', { trunk: { name: 'carrier', Password: 'hush' } }],
  ['two objects down', { request: { headers: { authorization: 'hush', 'x-opentok-auth': 'hush' } } }],
  ['in a list', { projects: [{ apiKey: '1', apiSecret: 'hush' }] }],
  ['in an error', { err: Object.assign(new Error('refused'), { auth: { token: 'hush' } }) }],
  ['too deep to be looked at', { a: { b: { c: { d: { e: { secret: 'hush' } } } } } }],
];
for (const [where, fields] of secrets) {
  test(`a secret ${where} does not reach the log`, () => {
    const line = lineOf(fields);
    assert.is(line.msg, 'a thing');
    assert.not.match(JSON.stringify(line), 'hush');
  });
}

test('everything else stays as it was, and what was logged is not changed', () => {
  const fields = { call: 'c1', from: { host: '127.0.0.1', port: 5060 }, auth: { username: 'u', password: 'hush' } };
  const line = lineOf(fields);
  assert.equal(line.from, fields.from);
  assert.equal(line.auth, { username: 'u', password: '[secret]' });
  assert.is(fields.auth.password, 'hush');
});

test('an error is told with its message and its stack', () => {
  const { err } = lineOf({ err: new TypeError('refused') });
  assert.is(err?.type, 'TypeError');
  assert.is(err?.message, 'refused');
  assert.match(err?.stack ?? '', 'log.test');
});

test.run();
