import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../config/load.ts';
import { certificateFacts, certificateFiles } from './certificate-facts.ts';

const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('every certificate that somebody else renews is looked at, and those alone', () => {
  const config = parseConfig(
    `
http: { tls: { mode: files, certificateFile: /h.pem, keyFile: /h.key } }
sip: { listeners: [ { transport: tls, host: 127.0.0.1, port: 5061, certificateFile: /s.pem, keyFile: /s.key } ] }
mqtt: { url: "mqtts://broker", tls: { certificateFile: /m.pem, keyFile: /m.key } }
trunks: [ { name: carrier, targets: [ "sips:c.example" ], tls: { certificateFile: /t.pem, keyFile: /t.key } } ]
`,
    'box.yaml',
  );
  assert.equal(
    certificateFiles(config).map(({ name, file }) => `${name}: ${file}`),
    [
      'HTTPS: /h.pem',
      'the SIP listener on 127.0.0.1 port 5061: /s.pem',
      'trunk carrier: /t.pem',
      'the MQTT client: /m.pem',
    ],
  );
  assert.equal(certificateFiles(parseConfig('', 'box.yaml')), []);
});

test('a certificate says when it expires; what is none says nothing', async () => {
  const file = join(folder, 'c.pem');
  const subject = ['-subj', '/CN=box', '-days', '3'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'c.key')];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', file], { stdio: 'pipe' });
  const nonsense = join(folder, 'nonsense.pem');
  writeFileSync(nonsense, 'nonsense');
  const found = await certificateFacts([
    { name: 'good', file },
    { name: 'nonsense', file: nonsense },
    { name: 'missing', file: join(folder, 'missing.pem') },
  ]);
  assert.is(found.length, 1);
  assert.ok(Math.abs((found[0]?.expiresAt ?? 0) - Date.now() - 3 * 86_400_000) < 60_000);
});

test.run();
