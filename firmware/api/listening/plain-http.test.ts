import type { AddressInfo } from 'node:net';
import type { InjectOptions } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import type { HttpsIdentity } from '../../https/identity.ts';
import { newAuthority } from '../../sip/transport/certificates.fixture.ts';
import { createServer } from '../server.ts';
import { called, OpenTok } from '../testing/opentok-sdk.ts';
import { trustRoutes } from '../trust/routes.ts';
import type { PlainHttp } from './plain-http.ts';

const authority = newAuthority('authority of the tests');
const https: HttpsIdentity = {
  shown: authority.issue('DNS:localhost'),
  authority: authority.cert,
  onRenewed: () => {},
  check: () => {},
  start: () => {},
  close: () => {},
};

function server(plain: PlainHttp, identity: HttpsIdentity | null = https) {
  const app = createServer(silentLog, { https: identity, plain });
  app.get('/page', async () => 'a page');
  app.post('/session/create', async () => [{ session_id: 'x' }]);
  app.register(trustRoutes(identity));
  return app;
}

const stranger = { remoteAddress: '192.0.2.2', headers: { host: 'box.local:8080' } };
const browser = { ...stranger, headers: { ...stranger.headers, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

async function statusOf(plain: PlainHttp, options: InjectOptions, identity = https as HttpsIdentity | null) {
  const app = server(plain, identity);
  const answer = await app.inject({ url: '/page', ...options });
  await app.close();
  return answer;
}

test('from this machine plain HTTP is taken, by IPv4, IPv6 and both in one', async () => {
  for (const remoteAddress of ['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])
    assert.is((await statusOf('loopback', { remoteAddress })).statusCode, 200, remoteAddress);
});

test('from elsewhere a browser is sent to https, to the same place', async () => {
  const answer = await statusOf('loopback', { ...browser, url: '/page?x=1%20y' });
  assert.is(answer.statusCode, 307);
  assert.is(answer.headers.location, 'https://box.local:8080/page?x=1%20y');
  assert.is(answer.headers['cache-control'], 'no-store');
});

test('from elsewhere an API is told to use https, with a code and a sentence', async () => {
  for (const options of [stranger, { ...browser, method: 'POST' as const }, { ...stranger, url: '/nothing' }]) {
    const answer = await statusOf('loopback', options);
    assert.is(answer.statusCode, 426);
    assert.is(answer.json().error, 'http.needs-tls');
    assert.match(answer.json().message, /over https only/);
    assert.match(String(answer.headers.upgrade), /^TLS/);
    assert.match(String(answer.headers.connection), /close/);
  }
});

test('a host that is none is not repeated in a redirect', async () => {
  for (const host of ['box local', 'evil.example/@', 'a"b']) {
    const answer = await statusOf('loopback', { ...browser, headers: { ...browser.headers, host } });
    assert.is(answer.statusCode, 426, host);
  }
});

test('never means this machine too; always means everybody; without TLS there is nothing to be sent to', async () => {
  assert.is((await statusOf('never', { remoteAddress: '127.0.0.1' })).statusCode, 426);
  assert.is((await statusOf('always', stranger)).statusCode, 200);
  assert.is((await statusOf('loopback', stranger, null)).statusCode, 200);
});

test('how to trust the box is told to everybody over plain HTTP', async () => {
  for (const plain of ['loopback', 'never'] as const)
    for (const url of ['/trust', '/trust/ca.crt', '/trust/ca.pem'])
      assert.is((await statusOf(plain, { ...stranger, url })).statusCode, 200, url);
});

test('the official SDK says what to do, and does not call the secret wrong', async () => {
  const app = server('never');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const sdk = new OpenTok('46000001', 'a secret', `http://127.0.0.1:${port}`);
  const refused = await called<unknown>(back => sdk.createSession({ mediaMode: 'routed' }, back)).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
  assert.match(refused, /https only/);
  await app.close();
});

test.run();
