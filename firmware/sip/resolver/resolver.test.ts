import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { parseUri } from '../message/uri.ts';
import type { Hop } from '../transport/hop.ts';
import { FakeNames, type Zone } from './fake-names.fixture.ts';
import { HopFailures } from './hop-failures.ts';
import { type Resolver, resolveTarget, resolveTargets } from './resolver.ts';

interface TestResolver extends Resolver {
  readonly clock: ManualClock;
  readonly names: FakeNames;
}

function resolver(zone: Zone = {}, more: Partial<Resolver> = {}): TestResolver {
  const clock = new ManualClock();
  return {
    allowTarget: () => true,
    reaches: () => true,
    random: () => 0.5,
    failures: new HopFailures(clock),
    ...more,
    names: new FakeNames(zone),
    clock,
  };
}

async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return isCrosspointError(error) ? error.code : String(error);
  }
  return 'no error';
}

const shown = (hops: readonly Hop[]) => hops.map(({ transport, address, port }) => `${transport} ${address}:${port}`);
const srv = (target: string, priority = 10, weight = 0, port = 5060) => ({ target, priority, weight, port });
const naptr = (order: number, preference: number, service: string, replacement: string) => {
  return { order, preference, flags: 's', service, regexp: '', replacement };
};
const never = () => new Promise<never>(() => {});

test('addresses are known at once, with the port and transport of the URI', () => {
  const cases: [string, Hop][] = [
    ['sip:a@192.0.2.1', { transport: 'udp', address: '192.0.2.1', port: 5060 }],
    ['sip:a@192.0.2.1:5070;transport=TCP', { transport: 'tcp', address: '192.0.2.1', port: 5070 }],
    ['sip:a@[2001:db8::1]:5062', { transport: 'udp', address: '2001:db8::1', port: 5062 }],
    ['sip:example.com;maddr=192.0.2.9', { transport: 'udp', address: '192.0.2.9', port: 5060 }],
    ['sips:a@192.0.2.1', { transport: 'tls', address: '192.0.2.1', port: 5061 }],
    ['sips:a@192.0.2.1;transport=tcp', { transport: 'tls', address: '192.0.2.1', port: 5061 }],
    ['sip:a@192.0.2.1:5071;transport=tls', { transport: 'tls', address: '192.0.2.1', port: 5071 }],
    [
      'sips:example.com;maddr=192.0.2.9',
      { transport: 'tls', address: '192.0.2.9', port: 5061, serverName: 'example.com' },
    ],
  ];
  for (const [uri, hop] of cases) assert.equal(resolveTarget(parseUri(uri), resolver()), hop);
});

test('with a port, a name has addresses and nothing else; those that cannot be reached are left out', async () => {
  const reaches = (_: string, address: string) => !address.includes(':');
  const target = resolver({ addresses: { 'pbx.example.com': ['2001:db8::1', '192.0.2.4', '192.0.2.5'] } }, { reaches });
  const hops = await resolveTargets(parseUri('sip:a@pbx.example.com:5080;transport=tcp'), target);
  assert.equal(shown(hops), ['tcp 192.0.2.4:5080', 'tcp 192.0.2.5:5080']);
  assert.equal(target.names.asked, ['A pbx.example.com']);
  assert.is(target.clock.pendingTimers, 0);
});

test('NAPTR decides on the transport by order and preference; services that are not SIP are passed over', async () => {
  const zone: Zone = {
    naptr: {
      'example.com': [
        naptr(50, 10, 'SIP+D2T', '_sip._tcp.far.example.com'),
        naptr(20, 50, 'SIP+D2U', '_sip._udp.near.example.com'),
        naptr(20, 10, 'SIPS+D2T', '_sips._tcp.near.example.com'),
        naptr(10, 10, 'E2U+email', '_smtp._tcp.example.com'),
        { ...naptr(1, 1, 'SIP+D2U', ''), flags: 'u', regexp: '!.*!sip:x@evil.example!' },
      ],
    },
    srv: {
      '_sips._tcp.near.example.com': [srv('one.example.com', 1, 1, 5061)],
      '_sip._udp.near.example.com': [srv('one.example.com', 1, 1, 5066)],
      '_sip._tcp.far.example.com': [srv('two.example.com', 1, 1, 5067)],
    },
    addresses: { 'one.example.com': ['192.0.2.1'], 'two.example.com': ['192.0.2.2'] },
  };
  const hops = await resolveTargets(parseUri('sip:a@example.com'), resolver(zone));
  assert.equal(shown(hops), ['tls 192.0.2.1:5061', 'udp 192.0.2.1:5066', 'tcp 192.0.2.2:5067']);
  assert.is(hops[0]?.serverName, 'example.com', 'the certificate is that of the domain (RFC 5922)');
});

test('transports without a listener are neither asked for nor taken', async () => {
  const zone: Zone = {
    naptr: { 'example.com': [naptr(1, 1, 'SIPS+D2T', '_sips._tcp.example.com')] },
    srv: { '_sip._udp.example.com': [srv('one.example.com')] },
    addresses: { 'one.example.com': ['192.0.2.1'] },
  };
  const udpOnly = resolver(zone, { reaches: transport => transport === 'udp' });
  assert.equal(shown(await resolveTargets(parseUri('sip:a@example.com'), udpOnly)), ['udp 192.0.2.1:5060']);
  assert.equal(
    udpOnly.names.asked.filter(each => each.startsWith('SRV')),
    ['SRV _sip._udp.example.com'],
  );
});

test('without NAPTR the SRV names of every transport are asked, UDP first, _sips only when there is no other', async () => {
  const addresses = { 'u.example.com': ['192.0.2.1'], 't.example.com': ['192.0.2.2'], 's.example.com': ['192.0.2.3'] };
  const all = {
    '_sip._tcp.example.com': [srv('t.example.com')],
    '_sip._udp.example.com': [srv('u.example.com')],
    '_sips._tcp.example.com': [srv('s.example.com', 1, 1, 5061)],
  };
  const { '_sips._tcp.example.com': secureOnly } = all;
  const uri = parseUri('sip:a@example.com');
  assert.equal(shown(await resolveTargets(uri, resolver({ srv: all, addresses }))), [
    'udp 192.0.2.1:5060',
    'tcp 192.0.2.2:5060',
  ]);
  const onlyTls = resolver({ srv: { '_sips._tcp.example.com': secureOnly }, addresses });
  assert.equal(shown(await resolveTargets(uri, onlyTls)), ['tls 192.0.2.3:5061']);
});

test('a transport in the URI asks for its SRV name alone, and falls back to its default port', async () => {
  const zone: Zone = {
    srv: { '_sip._tcp.example.com': [srv('t.example.com', 1, 1, 5075)] },
    addresses: { 't.example.com': ['192.0.2.2'], 'example.com': ['192.0.2.9'] },
  };
  const tcp = resolver(zone);
  assert.equal(shown(await resolveTargets(parseUri('sip:a@example.com;transport=tcp'), tcp)), ['tcp 192.0.2.2:5075']);
  assert.equal(tcp.names.asked, ['SRV _sip._tcp.example.com', 'A t.example.com']);
  assert.equal(await resolveTargets(parseUri('sip:a@example.com;transport=tls'), resolver(zone)), [
    { transport: 'tls', address: '192.0.2.9', port: 5061, serverName: 'example.com' },
  ]);
});

test('sips: never ends anywhere but on TLS, whatever the domain publishes', async () => {
  const zone: Zone = {
    naptr: { 'example.com': [naptr(1, 1, 'SIP+D2U', '_sip._udp.example.com')] },
    srv: { '_sip._udp.example.com': [srv('u.example.com')], '_sip._tcp.example.com': [srv('u.example.com')] },
    addresses: { 'u.example.com': ['192.0.2.1'], 'example.com': ['192.0.2.9'] },
  };
  const uri = parseUri('sips:a@example.com');
  assert.equal(shown(await resolveTargets(uri, resolver(zone))), ['tls 192.0.2.9:5061']);
  const noTls = resolver(zone, { reaches: transport => transport !== 'tls' });
  assert.is(await codeOf(() => resolveTargets(uri, noTls)), 'sip.transport-unsupported');
  assert.is(
    await codeOf(() => resolveTargets(parseUri('sips:a@b.example;transport=udp'), resolver())),
    'sip.transport-unsupported',
  );
});

test('a lone "." as SRV target means that there is no such service: no A record stands in for it', async () => {
  const zone: Zone = {
    srv: { '_sip._udp.example.com': [srv('', 0, 0, 0)] },
    addresses: { 'example.com': ['192.0.2.9'] },
  };
  assert.is(
    await codeOf(() => resolveTargets(parseUri('sip:a@example.com;transport=udp'), resolver(zone))),
    'sip.target-unresolved',
  );
});

test('that there is no TLS service says nothing about the address of a sip: URI', async () => {
  const zone: Zone = {
    srv: { '_sips._tcp.example.com': [srv('.', 0, 0, 0)] },
    addresses: { 'example.com': ['192.0.2.9'] },
  };
  assert.equal(shown(await resolveTargets(parseUri('sip:a@example.com'), resolver(zone))), ['udp 192.0.2.9:5060']);
  assert.is(
    await codeOf(() => resolveTargets(parseUri('sips:a@example.com'), resolver(zone))),
    'sip.target-unresolved',
  );
});

test('a maddr that is no host is refused; an empty one counts for nothing; a dot at the end of a name is none', async () => {
  for (const maddr of ['a%20b', '%00', '192.0.2.1%00.example.com', 'a/b', '.']) {
    const uri = parseUri(`sip:a@example.com;maddr=${maddr}`);
    assert.is(await codeOf(() => resolveTargets(uri, resolver())), 'sip.target-unresolved', maddr);
  }
  const zone: Zone = { addresses: { 'example.com': ['192.0.2.9'] } };
  for (const uri of ['sip:a@example.com;maddr=', 'sip:a@example.com.']) {
    assert.equal(shown(await resolveTargets(parseUri(uri), resolver(zone))), ['udp 192.0.2.9:5060'], uri);
  }
});

test('without any SRV, and where it cannot be asked for, the address of the name itself serves', async () => {
  const broken = async () => {
    throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
  };
  const zone: Zone = {
    naptr: { 'pbx.example.com': broken },
    srv: { '_sip._udp.pbx.example.com': broken },
    addresses: { 'pbx.example.com': ['192.0.2.9'] },
  };
  assert.equal(shown(await resolveTargets(parseUri('sip:a@pbx.example.com'), resolver(zone))), ['udp 192.0.2.9:5060']);
});

test('names without a dot and names of the hosts file are not asked about in the DNS', async () => {
  const zone: Zone = {
    pinned: { 'pbx.example.com': ['192.0.2.7'] },
    srv: { '_sip._udp.pbx.example.com': [srv('other.example.com')] },
    addresses: { localhost: ['127.0.0.1'] },
  };
  const target = resolver(zone);
  assert.equal(shown(await resolveTargets(parseUri('sip:a@pbx.example.com'), target)), ['udp 192.0.2.7:5060']);
  assert.equal(target.names.asked, []);
  assert.equal(shown(await resolveTargets(parseUri('sip:a@localhost'), target)), ['udp 127.0.0.1:5060']);
  assert.equal(target.names.asked, ['A localhost']);
});

test('a host of an SRV answer that has no address, or never gets one, does not keep from the others', async () => {
  const zone: Zone = {
    srv: {
      '_sip._udp.example.com': [srv('gone.example.com', 1), srv('slow.example.com', 2), srv('ok.example.com', 3)],
    },
    addresses: { 'ok.example.com': ['192.0.2.3'], 'slow.example.com': never },
  };
  const target = resolver(zone);
  const hops = Promise.resolve(resolveTargets(parseUri('sip:a@example.com'), target));
  // All that needs no time has been answered by then.
  await new Promise<void>(done => setImmediate(done));
  assert.ok(target.names.asked.includes('A slow.example.com'));
  target.clock.advance(3000);
  assert.equal(shown(await hops), ['udp 192.0.2.3:5060']);
  assert.is(target.clock.pendingTimers, 0);
});

test('a hop that failed lately is tried last, for half a minute', async () => {
  const target = resolver({ addresses: { pbx: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] } });
  const ask = async () =>
    (await resolveTargets(parseUri('sip:a@pbx'), target)).map(({ address }) => address.slice(-1)).join('');
  target.failures.add({ transport: 'udp', address: '192.0.2.1', port: 5060 });
  assert.is(await ask(), '231');
  target.failures.add({ transport: 'udp', address: '192.0.2.2', port: 5060 });
  assert.is(await ask(), '312');
  target.clock.advance(30_000);
  assert.is(await ask(), '123');
});

test('however much a domain publishes, at most 32 hops come out, none twice', async () => {
  const hosts = Array.from({ length: 60 }, (_, at) => `h${at}.example.com`);
  const addresses = Object.fromEntries(
    hosts.map((host, at) => [host, [`192.0.2.${at}`, `198.51.100.${at}`, `203.0.113.${at}`]]),
  );
  const records = hosts.map((host, at) => srv(host, at));
  const many = resolver({ srv: { '_sip._udp.example.com': records, '_sip._tcp.example.com': records }, addresses });
  const hops = await resolveTargets(parseUri('sip:a@example.com'), many);
  assert.is(hops.length, 32);
  const twice = resolver({ srv: { '_sip._udp.example.com': [records[0]!, records[0]!] }, addresses });
  assert.is((await resolveTargets(parseUri('sip:a@example.com'), twice)).length, 3);
});

test('policy looks at the address, whether it was written or looked up', async () => {
  const zone: Zone = {
    addresses: { 'inside.example.com': ['10.0.0.1'], 'both.example.com': ['10.0.0.1', '192.0.2.1'] },
  };
  const denying = resolver(zone, { allowTarget: address => address !== '10.0.0.1' });
  assert.is(await codeOf(() => resolveTarget(parseUri('sip:a@10.0.0.1'), denying)), 'sip.target-not-allowed');
  assert.is(await codeOf(() => resolveTarget(parseUri('sip:a@inside.example.com'), denying)), 'sip.target-not-allowed');
  assert.equal(shown(await resolveTargets(parseUri('sip:a@both.example.com'), denying)), ['udp 192.0.2.1:5060']);
});

test('other transports and numbers without a host are refused by name', async () => {
  const ws = parseUri('sip:a@192.0.2.1;transport=ws');
  assert.is(await codeOf(() => resolveTarget(ws, resolver())), 'sip.transport-unsupported');
  assert.is(await codeOf(() => resolveTarget(parseUri('tel:+15550100'), resolver())), 'sip.no-target');
});

test('a name without an address, an error of the name service and its silence are one kind of failure', async () => {
  const uri = parseUri('sip:a@nowhere.example.com');
  const failing = async () => {
    throw Object.assign(new Error('x'), { code: 'EAI_AGAIN' });
  };
  assert.is(await codeOf(() => resolveTarget(uri, resolver())), 'sip.target-unresolved');
  const broken = resolver({ addresses: { 'nowhere.example.com': failing } });
  assert.is(await codeOf(() => resolveTarget(uri, broken)), 'sip.target-unresolved');

  const silent = resolver({ naptr: { 'nowhere.example.com': never } });
  const code = codeOf(() => resolveTarget(uri, silent));
  silent.clock.advance(5000);
  assert.is(await code, 'sip.target-unresolved');
  assert.is(silent.clock.pendingTimers, 0);
});

test.run();
