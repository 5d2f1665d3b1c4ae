import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from './base/log.ts';
import { ManualClock } from './base/manual-clock.ts';
import { parseConfig } from './config/load.ts';
import { newAuthority } from './sip/transport/certificates.fixture.ts';
import type { TlsIdentity } from './sip/transport/tls-identity.ts';
import { TlsRenewal } from './tls-renewal.ts';

const test = suite<{ folder: string }>('certificates that are renewed');
const authority = newAuthority('authority of the tests');

test.before.each(context => {
  context.folder = mkdtempSync(path.join(os.tmpdir(), 'renewal-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function started(folder: string) {
  const file = (name: string) => path.join(folder, name);
  const write = (name: string, text: string) => writeFileSync(file(name), text);
  const issue = (certificate: string, key: string, name: string) => {
    const issued = authority.issue(`DNS:${name}`);
    write(certificate, issued.cert);
    write(key, issued.key);
    return issued;
  };
  write('ca.pem', authority.cert);
  issue('box.pem', 'box.key', 'old.box.test');
  const shown = issue('client.pem', 'client.key', 'old.client.test');
  const tls = { caFile: file('ca.pem'), certificateFile: file('client.pem'), keyFile: file('client.key') };
  const listener = { transport: 'tls', certificateFile: file('box.pem'), keyFile: file('box.key') };
  const config = parseConfig(
    JSON.stringify({
      sip: { listeners: [{ transport: 'udp' }, listener] },
      trunks: [{ name: 'carrier', targets: ['sips:carrier.test'], tls }],
    }),
    'test',
  );
  const local = (transport: 'udp' | 'tls') => ({
    transport,
    address: '127.0.0.1',
    port: 1,
    advertised: { host: '127.0.0.1', port: 1 },
    sentBy: '127.0.0.1:1',
  });
  const set: [transport: string, identity: TlsIdentity][] = [];
  const agent = {
    listening: [local('udp'), local('tls')],
    setIdentity: (at: { transport: string }, identity: TlsIdentity) => void set.push([at.transport, identity]),
  };
  const clock = new ManualClock();
  const renewal = new TlsRenewal({ config, agent: () => agent, clock, log: silentLog });
  renewal.start();
  return { set, clock, renewal, issue, write, shown };
}

test('files that stay as they are cost nothing', ({ folder }) => {
  const { set, clock, renewal } = started(folder);
  clock.advance(600_000);
  assert.equal(set, []);
  renewal.close();
  assert.is(clock.pendingTimers, 0);
});

test('a listener shows its new certificate within a minute, and so do connections that we open', ({ folder }) => {
  const { set, clock, renewal, issue, shown } = started(folder);
  assert.is(renewal.clientFor('carrier.test').cert, shown.cert);
  const box = issue('box.pem', 'box.key', 'new.box.test');
  const client = issue('client.pem', 'client.key', 'new.client.test');
  clock.advance(60_000);
  assert.equal(
    set.map(([transport, { cert, key }]) => [transport, cert, key]),
    [['tls', box.cert, box.key]],
  );
  assert.is(renewal.clientFor('carrier.test').cert, client.cert);
  clock.advance(60_000);
  assert.is(set.length, 1);
  renewal.close();
});

test('half a pair, and what is no certificate, change nothing until the rest is there', ({ folder }) => {
  const { set, renewal, issue, write, shown } = started(folder);
  write('client.pem', 'half a certificate');
  const box = issue('box.pem', 'box.key', 'new.box.test');
  renewal.check();
  assert.equal(set, []);
  assert.is(renewal.clientFor('carrier.test').cert, shown.cert);
  issue('client.pem', 'client.key', 'new.client.test');
  renewal.check();
  assert.equal(
    set.map(([, { cert }]) => cert),
    [box.cert],
  );
  renewal.close();
});

test.run();
