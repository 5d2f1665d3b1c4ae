import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const plugin = fileURLToPath(
  new URL('../../pipelines/plugin/build/release/engine/libgstinterconnect.so', import.meta.url),
);

function symbols(file: string, which: '--defined-only' | '--undefined-only'): string[] {
  const options = { encoding: 'utf8', maxBuffer: 64 << 20 } as const;
  const lines = execFileSync('nm', ['-D', '--format=just-symbols', which, file], options).split('\n');
  return lines.filter(line => line !== '' && !line.includes('@GLIBC')).map(line => line.replace(/@.*/, ''));
}

test('the plugin exports what GStreamer asks for and nothing else', () => {
  assert.equal(symbols(plugin, '--defined-only').sort(), [
    'gst_plugin_interconnect_get_desc',
    'gst_plugin_interconnect_register',
  ]);
});

test('the plugin takes no symbol from the Node that loads it', () => {
  // Node exports its OpenSSL, libuv, zlib and parts of libstdc++: whatever is undefined here would be bound to those.
  const taken = symbols(plugin, '--undefined-only');
  const offered = new Set(symbols(process.execPath, '--defined-only'));
  assert.equal(
    taken.filter(name => offered.has(name)),
    [],
  );
});

test('OpenSSL is linked into the plugin and not looked for elsewhere', () => {
  const taken = symbols(plugin, '--undefined-only');
  assert.equal(
    taken.filter(name => /^(SSL|D?TLS|EVP|CRYPTO|OPENSSL|OSSL|BIO|X509|ERR|RAND|SHA\d*|AES|EC|BN|PEM)_/.test(name)),
    [],
  );
  const inside = execFileSync('nm', ['--format=just-symbols', '--defined-only', plugin], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  assert.match(inside, /^EVP_CipherUpdate$/m);
  const needed = execFileSync('readelf', ['-d', plugin], { encoding: 'utf8' });
  assert.match(needed, /NEEDED.*libgstreamer-1\.0/);
  assert.not.match(needed, /NEEDED.*lib(ssl|crypto|srtp)/);
});

test.run();
