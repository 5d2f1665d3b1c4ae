import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { newAuthority } from '../sip/transport/certificates.fixture.ts';
import type { ListenerConfig } from './sip-schema.ts';
import { listenerIdentity, tlsClient } from './tls-files.ts';

const authority = newAuthority('test authority');
const own = authority.issue('DNS:box.example');
const other = authority.issue('DNS:other.example');

const test = suite<{ folder: string; file(name: string, text: string): string }>('TLS files');

test.before.each(context => {
  context.folder = mkdtempSync(join(tmpdir(), 'tls-files-'));
  context.file = (name, text) => {
    const path = join(context.folder, name);
    writeFileSync(path, text);
    return path;
  };
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const listener = (more: Partial<ListenerConfig>): ListenerConfig => ({
  transport: 'tls',
  host: '127.0.0.1',
  port: 5061,
  learnAddress: false,
  ...more,
});

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(isCrosspointError(error) && error.code === 'config.tls-file', String(error));
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

test('a listener gets its key, its chain and the authorities of its clients', ({ file }) => {
  const files = {
    certificateFile: file('box.crt', own.cert + authority.cert),
    keyFile: file('box.key', own.key),
    clientCaFile: file('ca.crt', authority.cert),
  };
  assert.equal(listenerIdentity(listener(files)), {
    cert: own.cert + authority.cert,
    key: own.key,
    clientCa: authority.cert,
  });
  assert.is(listenerIdentity(listener({ transport: 'tcp' })), undefined);
});

test('a file that cannot be used is named, and never quoted', ({ file, folder }) => {
  const [cert, key, text] = [file('a.crt', own.cert), file('a.key', own.key), file('a.txt', 'hunter2')];
  const cases: [ListenerConfig, RegExp][] = [
    [listener({ certificateFile: join(folder, 'none'), keyFile: key }), /none cannot be used: there is no such file/],
    [listener({ certificateFile: folder, keyFile: key }), /cannot be used: EISDIR/],
    [listener({ certificateFile: text, keyFile: key }), /a\.txt cannot be used: it holds no certificate/],
    [listener({ certificateFile: key, keyFile: key }), /a\.key cannot be used: it holds no certificate/],
    [listener({ certificateFile: cert, keyFile: text }), /a\.txt cannot be used: it is not a private key/],
    [
      listener({ certificateFile: cert, keyFile: file('other.key', other.key) }),
      /other\.key cannot be used: it is not the key of the first certificate in .*a\.crt/,
    ],
  ];
  for (const [config, expected] of cases) {
    const message = refusal(() => listenerIdentity(config));
    assert.match(message, expected);
    assert.not.match(message, 'hunter2');
  }
});

test('what a trunk does not say of its connections is as it is for all', ({ file }) => {
  const [general, special] = [file('ca.crt', authority.cert), file('own.crt', own.cert)];
  const plain = { pins: [], verify: true };
  assert.equal(tlsClient({ verify: true }), { verify: true });
  assert.equal(tlsClient({ verify: true, caFile: general }, plain), { ca: authority.cert, verify: true });
  assert.equal(tlsClient({ verify: true, caFile: general }, { ...plain, caFile: special }).ca, own.cert);
  assert.is(tlsClient({ verify: false }, plain).verify, false);
  assert.is(tlsClient({ verify: true }, { pins: [], verify: false }).verify, false);
  const pair = { certificateFile: file('c.crt', other.cert), keyFile: file('c.key', other.key) };
  assert.equal(tlsClient({ verify: true }, { pins: [own.pin], verify: true, ...pair }), {
    cert: other.cert,
    key: other.key,
    pins: [own.pin],
    verify: true,
  });
  assert.match(
    refusal(() => tlsClient({ verify: true, caFile: '/nowhere/ca.crt' })),
    /no such file/,
  );
});

test.run();
