import { X509Certificate } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import type { HttpsIdentity } from '../../https/identity.ts';
import { newAuthority } from '../../sip/transport/certificates.fixture.ts';
import { createServer } from '../server.ts';
import { STYLE_HASH } from './page.ts';
import { trustRoutes } from './routes.ts';

const authority = newAuthority('authority of the tests');
const shown = authority.issue('DNS:localhost');

async function get(url: string, more: { authority?: string | null; host?: string } = {}) {
  const { host = 'box.local:8080' } = more;
  const https: HttpsIdentity = {
    shown,
    authority: more.authority === undefined ? authority.cert : more.authority,
    onRenewed: () => {},
    check: () => {},
    start: () => {},
    close: () => {},
  };
  const app = createServer(silentLog, { https, plain: 'loopback' });
  app.register(trustRoutes(https));
  const answer = await app.inject({ url, headers: { host } });
  await app.close();
  return answer;
}

test('the page names the authority, its fingerprint, every system, and where to go on', async () => {
  const { headers, body, statusCode } = await get('/trust');
  assert.is(statusCode, 200);
  assert.is(headers['content-type'], 'text/html; charset=utf-8');
  assert.ok(body.includes(new X509Certificate(authority.cert).fingerprint256));
  assert.ok(body.includes('authority of the tests'));
  for (const system of ['Windows', 'macOS', 'iPhone', 'Android', 'Firefox', 'Linux', 'NODE_EXTRA_CA_CERTS'])
    assert.ok(body.includes(system), system);
  assert.ok(body.includes('href="https://box.local:8080/trust"'));
  assert.not.match(body, /PRIVATE|<script|undefined/);
});

test('the page may load nothing, may not be framed, and its style is the one that its policy names', async () => {
  const { headers, body } = await get('/trust');
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.ok(policy.includes(STYLE_HASH));
  assert.is(headers['x-content-type-options'], 'nosniff');
  assert.is(headers['referrer-policy'], 'no-referrer');
  assert.is(headers['strict-transport-security'], undefined);
  assert.not.match(body, / style=/);
});

test('the page can be read on a phone and by a screen reader', async () => {
  const { body } = await get('/trust');
  assert.match(body, /<html lang="en">/);
  assert.match(body, /name="viewport" content="width=device-width/);
  assert.is(body.match(/<h1/g)?.length, 1);
  assert.match(body, /<main>/);
  assert.match(body, /<title>[^<]+<\/title>/);
});

test('the certificate comes as DER and as PEM, without a key', async () => {
  const crt = await get('/trust/ca.crt');
  assert.is(crt.headers['content-type'], 'application/x-x509-ca-cert');
  const own = new X509Certificate(authority.cert).fingerprint256;
  assert.is(new X509Certificate(crt.rawPayload).fingerprint256, own);
  const pem = await get('/trust/ca.pem');
  assert.is(new X509Certificate(pem.body).fingerprint256, own);
  assert.not.match(pem.body, 'KEY');
});

test('a host that is none is not repeated on the page', async () => {
  const { body } = await get('/trust', { host: 'x"><script>' });
  assert.not.match(body, '<script>');
  assert.match(body, 'https://box.local:8080/trust');
});

test('a box with certificates of somebody else has nothing to be trusted here', async () => {
  assert.is((await get('/trust', { authority: null })).statusCode, 404);
});

test.run();
