import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DnsServer, type DnsZone } from './dns-server.fixture.ts';
import { SystemNames } from './system-names.ts';

const ZONE: DnsZone = {
  a: { 'pbx.example.com': ['192.0.2.1', '192.0.2.2'], 'four.example.com': ['192.0.2.4'] },
  aaaa: { 'pbx.example.com': ['2001:db8::1'] },
  cname: { 'alias.example.com': 'pbx.example.com' },
  srv: {
    '_sip._udp.example.com': [{ priority: 10, weight: 60, port: 5062, target: 'pbx.example.com' }],
    '_sip._tcp.example.com': [{ priority: 0, weight: 0, port: 0, target: '' }],
  },
  naptr: {
    'example.com': [
      { order: 1, preference: 2, flags: 's', service: 'SIP+D2U', regexp: '', replacement: '_sip._udp.example.com' },
    ],
  },
};

async function withServer(run: (server: DnsServer, names: SystemNames) => Promise<void>): Promise<void> {
  const server = await new DnsServer(ZONE).start();
  const names = new SystemNames({ servers: [server.address], hostsFile: '/nonexistent' });
  try {
    await run(server, names);
  } finally {
    names.close();
    await server.close();
  }
}

test('SRV and NAPTR records come as they stand in the zone', () =>
  withServer(async (_, names) => {
    assert.equal(await names.srv('_sip._udp.example.com'), { records: ZONE.srv!['_sip._udp.example.com'], ttlS: null });
    assert.equal((await names.naptr('example.com')).records, ZONE.naptr!['example.com']);
    assert.equal(await names.srv('_sip._tcp.example.com').then(({ records }) => records[0]?.target), '');
  }));

test('addresses of both families come with the shortest of their times to live, through aliases too', () =>
  withServer(async (server, names) => {
    server.ttl = 17;
    assert.equal(await names.addresses('pbx.example.com'), {
      records: ['192.0.2.1', '192.0.2.2', '2001:db8::1'],
      ttlS: 17,
    });
    assert.equal((await names.addresses('alias.example.com')).records.length, 3);
    assert.equal((await names.addresses('four.example.com')).records, ['192.0.2.4']);
  }));

test('a name that does not exist has no records: that is an answer, not a failure', () =>
  withServer(async (_, names) => {
    for (const found of [names.srv('x.example.com'), names.naptr('x.example.com'), names.addresses('x.example.com')]) {
      assert.equal((await found).records, []);
    }
  }));

test('a server that fails or refuses is a failure', () =>
  withServer(async (server, names) => {
    server.behaviour = 'fail';
    const codes: string[] = [];
    for (const found of [names.srv('_sip._udp.example.com'), names.addresses('pbx.example.com')]) {
      await found.catch((error: NodeJS.ErrnoException) => codes.push(error.code ?? ''));
    }
    assert.equal(codes, ['ESERVFAIL', 'ESERVFAIL']);
  }));

test('a silent server is given up after about a second', () =>
  withServer(async (server, names) => {
    server.behaviour = 'silence';
    const begun = performance.now();
    const code = await names.srv('_sip._udp.example.com').then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    );
    assert.is(code, 'ETIMEOUT');
    assert.ok(performance.now() - begun < 2500, `${performance.now() - begun} ms`);
  }));

test('closing gives up what is under way', () =>
  withServer(async (server, names) => {
    server.behaviour = 'silence';
    const failed = names.naptr('example.com').then(
      () => 'answered',
      (error: NodeJS.ErrnoException) => error.code,
    );
    names.close();
    assert.is(await failed, 'ECANCELLED');
  }));

test('servers that are no addresses are a failure of the look-up, not of the process', async () => {
  const names = new SystemNames({ servers: ['not an address'], hostsFile: '/nonexistent' });
  const failed = await names.srv('_sip._udp.example.com').then(
    () => false,
    () => true,
  );
  assert.ok(failed);
});

test('without servers of its own it knows localhost', async () => {
  const names = new SystemNames({ servers: [], hostsFile: '/etc/hosts' });
  const { records } = await names.addresses('localhost');
  assert.ok(records.includes('127.0.0.1') || records.includes('::1'), String(records));
});

test('the hosts file pins names; without one nothing is pinned', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hosts-'));
  try {
    const hostsFile = join(folder, 'hosts');
    await writeFile(hostsFile, '192.0.2.9 PBX.example.com pbx # 192.0.2.8 no.example.com\n');
    const names = new SystemNames({ servers: [], hostsFile });
    assert.equal((await names.pinned('pbx.example.com')).records, ['192.0.2.9']);
    assert.equal((await names.pinned('no.example.com')).records, []);
    assert.equal((await new SystemNames({ servers: [], hostsFile: folder }).pinned('pbx')).records, []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.run();
