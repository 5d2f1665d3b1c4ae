import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { localTest } from '../rig/rig.ts';
import { ConfigFolder, rightConfig } from '../rig/run-box.ts';

const SECRET = 'a secret that nobody may see';

/** A change of the right configuration, and what its error must name besides file and line. */
const mistakes: [mistake: string, from: string | RegExp, to: string, line: number, named: RegExp][] = [
  ['a misspelt key', 'workers:', 'wokers:', 11, /wokers.*workers/s],
  ['a misspelt key at the top', 'stateDir:', 'statedir:', 14, /statedir.*stateDir/s],
  ['a misspelt key in a list', 'apiKey:', 'api_key:', 17, /api_key.*apiKey/s],
  ['a text for a number', 'workers: 1', 'workers: one', 11, /workers.*number/s],
  ['a port out of range', /(\n {2}host: 127\.0\.0\.1\n {2}port: )\d+/, '$199999', 3, /port.*65535/s],
  ['ports the wrong way round', /ports: \[(\d+), (\d+)\]/, 'ports: [$2, $1]', 10, /ports/],
  ['an unknown transport', 'transport: tcp', 'transport: sctp', 7, /transport.*udp.*tcp/s],
  ['the same key twice', 'workers: 1', 'workers: 1\n  workers: 2', 12, /twice/],
  ['broken YAML', 'workers: 1', 'workers: "1', 11, /./],
];

async function folderWith(from: string | RegExp, to: string): Promise<ConfigFolder> {
  const right = await rightConfig();
  const wrong = right.replace(from, to);
  assert.is.not(wrong, right, 'the mistake was made');
  return new ConfigFolder(wrong);
}

for (const [mistake, from, to, line, named] of mistakes) {
  localTest(`${mistake}: the error names file and line, and nothing starts`, async () => {
    const folder = await folderWith(from, to);
    const started = await folder.run('firmware/main.js', ['--config', folder.file]);
    assert.is.not(started.code, 0);
    assert.match(started.output, named);
    assert.match(started.output, new RegExp(`box\\.yaml.*\\b${line}\\b`), 'file and line');
    assert.not.match(started.output, SECRET);
    assert.not.match(started.output, /\n\s+at .*\.js:\d+/, 'no stack');
    assert.not.ok(existsSync(path.join(folder.folder, 'state')), 'not even the state directory was made');

    const checked = await folder.run('firmware/config/check-config.js', [folder.file]);
    assert.is(checked.code, 1);
    assert.match(checked.output, named);
    assert.not.match(checked.output, SECRET);
    folder.close();
  });
}

localTest(
  'a public key of an application that is not there, or is its private one, is an error that names it',
  async () => {
    const keys = new ApplicationKeys();
    const missing = path.join(path.dirname(keys.publicKeyFile), 'nowhere.pem');
    const privateFile = path.join(path.dirname(keys.publicKeyFile), 'private.pem');
    writeFileSync(privateFile, keys.privateKey);
    for (const [file, named] of [
      [missing, /nowhere\.pem cannot be used: there is no such file/],
      [privateFile, /private\.pem cannot be used: it is a private key/],
    ] as const) {
      const project = `vonage: { applicationId: 78d335fa-323d-4114-9c3d-d6f0d48968cf, publicKeyFile: ${file} }`;
      const folder = await folderWith(/opentok:.*$/s, `${project}\n`);
      const { code, output } = await folder.run('firmware/main.js', ['--config', folder.file]);
      assert.is.not(code, 0);
      assert.match(output, named);
      assert.not.match(output, /\n\s+at .*\.js:\d+|BEGIN/);
      folder.close();
    }
    keys.close();
  },
);

localTest('several mistakes are told together', async () => {
  const right = await rightConfig();
  const folder = new ConfigFolder(right.replace('workers:', 'wokers:').replace('transport: tcp', 'transport: smoke'));
  const { output } = await folder.run('firmware/config/check-config.js', [folder.file]);
  assert.match(output, /wokers/);
  assert.match(output, /smoke|transport/);
  folder.close();
});

localTest('a right configuration is found right, and tells no secret', async () => {
  const folder = new ConfigFolder(await rightConfig());
  const { code, output } = await folder.run('firmware/config/check-config.js', [folder.file]);
  assert.is(code, 0, output);
  assert.match(output, /ok/i);
  assert.not.match(output, SECRET);
  folder.close();
});

localTest('a file that is not there is an error that names it', async () => {
  const folder = new ConfigFolder('');
  const missing = path.join(folder.folder, 'nowhere.yaml');
  for (const [program, args] of [
    ['firmware/main.js', ['--config', missing]],
    ['firmware/config/check-config.js', [missing]],
  ] as const) {
    const { code, output } = await folder.run(program, args);
    assert.is.not(code, 0);
    assert.match(output, /nowhere\.yaml/);
  }
  folder.close();
});

test.run();
