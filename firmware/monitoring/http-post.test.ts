import type { LookupFunction } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { HttpPost, type HttpPostOptions, type PostResult } from './http-post.ts';
import { Receiver } from './receiver.fixture.ts';

interface Pair {
  readonly receiver: Receiver;
  readonly http: HttpPost;
  post(url?: string): Promise<PostResult>;
}

async function withPair(options: Partial<HttpPostOptions>, run: (pair: Pair) => Promise<void>): Promise<void> {
  const receiver = await new Receiver().start();
  const http = new HttpPost({ allowPrivateTargets: true, clock: systemClock, timeoutMs: 300, ...options });
  const post = (url = receiver.url) => http.post(new URL(url), '{"a":"ä"}', { 'x-crosspoint-event-id': 'e1' });
  try {
    await run({ receiver, http, post });
  } finally {
    http.close();
    await receiver.close();
  }
}

const answersTo =
  (addresses: readonly string[], hosts: string[] = []): LookupFunction =>
  (hostname, _options, callback) => {
    hosts.push(hostname);
    callback(
      null,
      addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

test('JSON arrives with its length, type and event id, and one connection serves several posts', () =>
  withPair({}, async ({ receiver, post }) => {
    const sockets = new Set<unknown>();
    receiver.answer = (_request, response, socket) => {
      sockets.add(socket);
      response.writeHead(204).end();
    };
    for (let i = 0; i < 3; i++) assert.equal(await post(), { ok: true });
    const [first] = receiver.received;
    assert.equal(first?.body, { a: 'ä' });
    assert.is(first?.headers['content-type'], 'application/json');
    assert.is(first?.headers['x-crosspoint-event-id'], 'e1');
    assert.is(sockets.size, 1);
  }));

test('credentials in the URL become Basic authentication', () =>
  withPair({}, async ({ receiver, post }) => {
    await post(`http://user:p%40ss@127.0.0.1:${receiver.port}/`);
    const sent = receiver.received[0]?.headers.authorization ?? '';
    assert.is(Buffer.from(sent.slice('Basic '.length), 'base64').toString(), 'user:p@ss');
  }));

for (const [status, result] of [
  [300, { reason: 'answered 300, and redirects are not followed' }],
  [302, { reason: 'answered 302, and redirects are not followed' }],
  [400, { reason: 'answered 400' }],
  [410, { reason: 'answered 410', final: true }],
  [500, { reason: 'answered 500' }],
  [503, { reason: 'answered 503' }],
] as const) {
  test(`${status} is not a delivery`, () =>
    withPair({}, async ({ receiver, post }) => {
      receiver.answer = (_request, response) => response.writeHead(status, { location: receiver.url }).end('no');
      assert.equal(await post(), { ok: false, ...result });
      assert.is(receiver.received.length, 1);
    }));
}

test('a receiver that hangs is left after the time-out', () =>
  withPair({}, async ({ receiver, post }) => {
    receiver.answer = () => undefined;
    assert.equal(await post(), { ok: false, reason: 'timed out' });
  }));

test('the time-out counts by the clock that was handed in', async () => {
  const clock = new ManualClock();
  await withPair({ clock, timeoutMs: 5000 }, async ({ receiver, post }) => {
    receiver.answer = () => clock.advance(5000);
    assert.equal(await post(), { ok: false, reason: 'timed out' });
    assert.is(clock.pendingTimers, 0);
  });
});

test('a connection that is reset is a failure', () =>
  withPair({}, async ({ receiver, post }) => {
    receiver.answer = (_request, _response, socket) => socket.resetAndDestroy();
    assert.equal(await post(), { ok: false, reason: 'ECONNRESET' });
  }));

test('a kept connection that the server has closed costs no failure', () =>
  withPair({}, async ({ receiver, post }) => {
    let requests = 0;
    receiver.answer = (_request, response, socket) => {
      requests += 1;
      if (requests === 2) socket.resetAndDestroy();
      else response.writeHead(200).end();
    };
    assert.equal(await post(), { ok: true });
    assert.equal(await post(), { ok: true });
    assert.is(requests, 3);
  }));

test('nobody listening is a failure', () =>
  withPair({}, async ({ receiver, post }) => {
    const { url } = receiver;
    const other = await new Receiver().start();
    const dead = other.url;
    await other.close();
    assert.equal(await post(dead), { ok: false, reason: 'ECONNREFUSED' });
    assert.equal(await post(url), { ok: true });
  }));

test('a 2xx counts even when its body never ends, and an endless body is cut off', () =>
  withPair({ timeoutMs: 5000 }, async ({ receiver, post }) => {
    let sent = 0;
    const gone = new Promise<void>(resolve => {
      receiver.answer = (_request, response) => {
        response.writeHead(200);
        const more = () => {
          while (response.writable && response.write(Buffer.alloc(16_384))) sent += 16_384;
        };
        response.on('drain', more).on('close', resolve);
        more();
      };
    });
    assert.equal(await post(), { ok: true });
    await gone;
    assert.ok(sent < 64 * 1024 * 1024, String(sent));
  }));

for (const host of [
  '127.0.0.1',
  '[::1]',
  '2130706433',
  '0x7f.1',
  '[::ffff:127.0.0.1]',
  '10.0.0.1',
  '169.254.169.254',
]) {
  test(`with private targets refused, ${host} is not connected to`, () =>
    withPair({ allowPrivateTargets: false }, async ({ receiver, post }) => {
      assert.equal(await post(`http://${host}:${receiver.port}/`), { ok: false, reason: 'the address is private' });
      assert.is(receiver.received.length, 0);
    }));
}

test('with private targets refused, a name that leads to one is not connected to', () =>
  withPair({ allowPrivateTargets: false, lookup: answersTo(['127.0.0.1', '::1']) }, async ({ receiver, post }) => {
    assert.equal(await post(`http://public.example:${receiver.port}/`), {
      ok: false,
      reason: 'the address is private',
    });
    assert.is(receiver.received.length, 0);
  }));

test('with private targets allowed, a name is connected to at the address that was looked up', async () => {
  const hosts: string[] = [];
  await withPair({ lookup: answersTo(['127.0.0.1'], hosts) }, async ({ receiver, post }) => {
    assert.equal(await post(`http://public.example:${receiver.port}/`), { ok: true });
    assert.equal(hosts, ['public.example']);
    assert.is(receiver.received[0]?.headers.host, `public.example:${receiver.port}`);
  });
});

test('closing breaks off what is in flight', () =>
  withPair({ timeoutMs: 60_000 }, async ({ receiver, http, post }) => {
    const asked = new Promise<void>(resolve => {
      receiver.answer = () => resolve();
    });
    const result = post();
    await asked;
    http.close();
    assert.equal(await result, { ok: false, reason: 'closed' });
    assert.equal(await post(), { ok: false, reason: 'closed' });
  }));

test.run();
