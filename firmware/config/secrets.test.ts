import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { projectsOf } from './projects.ts';
import { CREDENTIALS_FILE, loadSecrets } from './secrets.ts';

const test = suite<{ stateDir: string; file: string; parent: string }>('credentials');

test.before.each(context => {
  context.parent = mkdtempSync(join(tmpdir(), 'secrets-'));
  context.stateDir = join(context.parent, 'state');
  context.file = join(context.stateDir, CREDENTIALS_FILE);
});
test.after.each(({ parent }) => rmSync(parent, { recursive: true }));

function refusal(run: () => unknown): { code: string; message: string } {
  try {
    run();
  } catch (error) {
    if (isCrosspointError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('credentials are made once and stay the same', ({ stateDir }) => {
  const first = loadSecrets(stateDir);
  assert.equal(loadSecrets(stateDir), first);
  assert.match(first.project.apiKey, /^[0-9]{8}$/);
  const all = [
    first.project.apiSecret,
    first.operatorToken,
    first.broker.service.password,
    first.broker.reader.password,
  ];
  assert.is(new Set(all).size, 4);
  for (const secret of all) assert.match(secret, /^[0-9a-f]{40}$/);
});

test('two boxes have nothing in common', ({ stateDir, parent }) => {
  assert.is.not(loadSecrets(stateDir).operatorToken, loadSecrets(join(parent, 'other')).operatorToken);
});

test('only the owner can read them, and nothing half-written is left', ({ stateDir, file }) => {
  loadSecrets(stateDir);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(statSync(stateDir).mode & 0o777, 0o700);
  assert.equal(readdirSync(stateDir), [CREDENTIALS_FILE]);
});

test('a file that others can read is refused with the command that helps', ({ stateDir, file }) => {
  loadSecrets(stateDir);
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(file, mode);
    const error = refusal(() => loadSecrets(stateDir));
    assert.is(error.code, 'config.secrets-exposed');
    assert.match(error.message, `chmod 600 ${file}`);
  }
});

test('a damaged file is refused, kept, and not quoted', ({ stateDir, file }) => {
  loadSecrets(stateDir);
  for (const content of ['{"operatorToken":"hunter2', '{}', 'null', '"hunter2"']) {
    writeFileSync(file, content);
    const error = refusal(() => loadSecrets(stateDir));
    assert.is(error.code, 'config.secrets-unreadable');
    assert.not.match(error.message, 'hunter2');
    assert.is(readFileSync(file, 'utf8'), content);
  }
});

test('a state directory that cannot be made is a clear error', ({ parent }) => {
  writeFileSync(join(parent, 'state'), '');
  assert.is(refusal(() => loadSecrets(join(parent, 'state', 'deeper'))).code, 'config.state-dir');
});

test('without configured projects the generated one is the only one', ({ stateDir }) => {
  const secrets = loadSecrets(stateDir);
  const [project, ...others] = projectsOf({}, secrets).values();
  assert.equal(others, []);
  assert.is(project?.id, secrets.project.apiKey);
  assert.is(project?.kind === 'opentok' && project.secret, secrets.project.apiSecret);
});

test('configured projects replace the generated one', ({ stateDir }) => {
  const opentok = { apiKey: '1', apiSecret: '12345678', sipMonitoringUrl: 'http://a/' };
  const projects = [...projectsOf({ projects: [{ opentok }] }, loadSecrets(stateDir)).values()];
  assert.equal(projects, [
    { kind: 'opentok', id: '1', secret: '12345678', sipMonitoringUrl: 'http://a/', sessionMonitoringUrl: null },
  ]);
});

test.run();
