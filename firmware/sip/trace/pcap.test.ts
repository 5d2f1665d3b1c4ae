import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pcap } from './pcap.ts';
import { INVITE, RINGING } from './trace.samples.ts';
import type { TracedMessage } from './traced-message.ts';

const message = (change: Partial<TracedMessage>): TracedMessage => ({
  at: Date.UTC(2026, 0, 1) + 7,
  direction: 'out',
  transport: 'udp',
  local: { address: '192.0.2.1', port: 5060 },
  remote: { address: '192.0.2.9', port: 5062 },
  bytes: Buffer.from(INVITE),
  ...change,
});

/** The file as tcpdump reads it. */
function dumped(messages: TracedMessage[]): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pcap-'));
  try {
    const file = path.join(folder, 'trace.pcap');
    writeFileSync(file, pcap({ messages, dropped: 0 }));
    return execFileSync('tcpdump', ['-nn', '-tttt', '-vv', '-S', '-A', '-r', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TZ: 'UTC' },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('tcpdump reads what went over UDP: addresses, ports, time, SIP', () => {
  const text = dumped([message({}), message({ direction: 'in', bytes: Buffer.from(RINGING) })]);
  assert.match(text, '2026-01-01 00:00:00.007000 IP');
  assert.match(text, '192.0.2.1.5060 > 192.0.2.9.5062');
  assert.match(text, '192.0.2.9.5062 > 192.0.2.1.5060');
  assert.match(text, 'SIP/2.0 180 Ringing');
  assert.not.match(text, 'bad cksum');
  assert.not.match(text, '0123abcd', 'secrets are masked');
});

test('what went over TLS is a TCP stream in clear, with sequence numbers that go on', () => {
  const tls = { transport: 'tls' as const, remote: { address: '192.0.2.9', port: 5061 } };
  const text = dumped([message(tls), message({ ...tls, direction: 'in', bytes: Buffer.from(RINGING) }), message(tls)]);
  const length = Buffer.byteLength(INVITE);
  assert.match(text, `seq 1:${1 + length}, ack 1,`);
  assert.match(text, `seq ${1 + length}:${1 + 2 * length}, ack ${1 + RINGING.length},`);
});

test('every checksum is right, over IPv4 and IPv6, of even and odd lengths', () => {
  const v6 = { local: { address: '2001:db8::1', port: 5060 }, remote: { address: '2001:db8::9', port: 5060 } };
  for (const way of [{}, v6, { transport: 'tcp' as const }, { ...v6, transport: 'tcp' as const }])
    for (const more of ['', 'x']) {
      const text = dumped([message({ ...way, bytes: Buffer.from(INVITE + more) })]);
      assert.match(text, /(udp sum ok|cksum 0x[0-9a-f]{4} \(correct\))/);
      assert.not.match(text, /bad|incorrect|no cksum/);
    }
});

test('IPv6 is IPv6', () => {
  const local = { address: '2001:db8::1', port: 5060 };
  const text = dumped([message({ local, remote: { address: '::ffff:192.0.2.9', port: 5060 } })]);
  assert.match(text, '2001:db8::1.5060 > ::ffff:192.0.2.9.5060');
});

test('a trace without messages is an empty file that can be read', () => {
  assert.is(dumped([]).trim(), '');
});

test.run();
