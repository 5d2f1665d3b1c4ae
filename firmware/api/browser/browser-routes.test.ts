import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fastify } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBrowserFiles } from './browser-files.ts';
import { browserRoutes } from './browser-routes.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'browser-files-'));
mkdirSync(path.join(folder, 'client'));
mkdirSync(path.join(folder, 'agent'));
writeFileSync(path.join(folder, 'client/crosspoint.js'), 'var OT = {};');
writeFileSync(path.join(folder, 'agent/index.html'), '<!doctype html>');
const app = fastify();
app.register(browserRoutes(readBrowserFiles(folder)));
test.after(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

test('pages of any origin load the SDK', async () => {
  const answer = await app.inject('/client/crosspoint.js');
  assert.is(answer.body, 'var OT = {};');
  assert.is(answer.headers['content-type'], 'text/javascript; charset=utf-8');
  assert.is(answer.headers['access-control-allow-origin'], '*');
});

test('what a browser has already is not sent again', async () => {
  const { headers } = await app.inject('/client/crosspoint.js');
  const again = await app.inject({
    url: '/client/crosspoint.js',
    headers: { 'if-none-match': `"other", W/${headers.etag}` },
  });
  assert.is(again.statusCode, 304);
  assert.is(again.body, '');
  const other = await app.inject({ url: '/client/crosspoint.js', headers: { 'if-none-match': '"other"' } });
  assert.is(other.statusCode, 200);
});

test('it is compressed for who takes that', async () => {
  const answer = await app.inject({ url: '/client/crosspoint.js', headers: { 'accept-encoding': 'br, gzip' } });
  assert.is(answer.headers['content-encoding'], 'gzip');
  assert.is(String(gunzipSync(answer.rawPayload)), 'var OT = {};');
  const refused = await app.inject({ url: '/client/crosspoint.js', headers: { 'accept-encoding': 'gzip;q=0' } });
  assert.is(refused.headers['content-encoding'], undefined);
});

test('the agent page runs nothing inline and is shown in no frame', async () => {
  const { headers } = await app.inject('/agent');
  const policy = String(headers['content-security-policy']);
  assert.match(policy, "script-src 'self';");
  assert.match(policy, "frame-ancestors 'none'");
  assert.not.match(policy, 'unsafe');
});

test('what is not built is not there', async () => {
  assert.is((await app.inject('/client/crosspoint.mjs')).statusCode, 404);
});

test.run();
