import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { otherAddress } from '../rig/other-address.ts';
import { OwnBox } from '../rig/own-box.ts';
import { localTest } from '../rig/rig.ts';

const address = otherAddress();
const boxes: OwnBox[] = [];
test.after.each(async () => {
  for (const box of boxes.splice(0)) await box.close();
});

async function started(http: object): Promise<string> {
  const box = await OwnBox.start({ http: { host: '0.0.0.0', ...http } });
  boxes.push(box);
  return `http://${address}:${new URL(box.facts.http).port}`;
}

const register = (name: string, body: () => Promise<void>) => {
  if (address !== undefined) return localTest(name, body);
  console.log(`skipped: ${name} (this machine has no address but loopback)`);
  test.skip();
};

register('from another address credentials are not taken over plain HTTP, browsers are sent to https', async () => {
  const url = await started({});
  const refused = await fetch(`${url}/device/calls`, { headers: { authorization: 'Bearer x' } });
  assert.is(refused.status, 426);
  assert.is(((await refused.json()) as { error: string }).error, 'http.needs-tls');
  const sent = await fetch(`${url}/device/calls`, { headers: { accept: 'text/html' }, redirect: 'manual' });
  assert.is(sent.status, 307);
  assert.is(sent.headers.get('location'), `${url.replace('http:', 'https:')}/device/calls`);
  for (const path of ['/trust', '/trust/ca.crt', '/trust/ca.pem', '/health'])
    assert.is((await fetch(`${url}${path}`)).status, 200, path);
});

register('whoever wants plain HTTP for everybody says so, or has no TLS at all', async () => {
  for (const http of [{ plain: 'always' }, { tls: { mode: 'off' } }]) {
    const url = await started(http);
    assert.is((await fetch(`${url}/device/calls`)).status, 401);
  }
});

test.run();
