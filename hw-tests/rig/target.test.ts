import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Target, targetFromEnvironment } from './target.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 't-'));
const file = path.join(folder, 'target.json');
const before = process.env.HW_TEST_TARGET;
test.after(() => {
  if (before === undefined) delete process.env.HW_TEST_TARGET;
  else process.env.HW_TEST_TARGET = before;
  rmSync(folder, { recursive: true, force: true });
});

const target: Target = {
  http: 'http://192.0.2.10:8080',
  sip: { host: '192.0.2.10', udpPort: 5060, tcpPort: 5060 },
  project: { apiKey: '46000001', apiSecret: 'secret' },
  operatorToken: 'token',
  mqttUrl: 'mqtt://reader:secret@192.0.2.10:1883',
  name: 'box-1',
  us: '192.0.2.2',
  builtinNumbers: true,
};

test('without HW_TEST_TARGET there is no existing box', () => {
  delete process.env.HW_TEST_TARGET;
  assert.is(targetFromEnvironment(), undefined);
});

test('a file describes a box', () => {
  writeFileSync(file, JSON.stringify(target));
  process.env.HW_TEST_TARGET = file;
  assert.equal(targetFromEnvironment(), target);
});

test('a description that lacks something is refused with what it lacks', () => {
  const { us, ...lacking } = target;
  writeFileSync(file, JSON.stringify({ ...lacking, sip: { host: us } }));
  process.env.HW_TEST_TARGET = file;
  assert.throws(targetFromEnvironment, /does not describe a box.*us/s);
});

test.run();
