import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { ConfigFile } from './config-file.ts';
import { loadConfig } from './load.ts';
import { MASK } from './masked.ts';

interface Context {
  folder: string;
  file: string;
}
const test = suite<Context>('the configuration file');

const TEXT = `# my box
logLevel: info
projects:
  - opentok:
      apiKey: "46000001"
      apiSecret: "the secret of the first" # do not tell
  - opentok:
      apiKey: "46000002"
      apiSecret: "the secret of the second"
      sipMonitoringUrl: https://user:password@example.com/x
trunks:
  - name: carrier
    targets: ["sip:192.0.2.9"]
    auth: { username: box, password: "trunk password" }
`;

test.before.each(context => {
  context.folder = mkdtempSync(path.join(tmpdir(), 'config-'));
  context.file = path.join(context.folder, 'box.yaml');
  writeFileSync(context.file, TEXT, { mode: 0o640 });
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

function opened(file: string) {
  const told: string[] = [];
  const live = {
    logLevel: ({ logLevel }: { logLevel: string }) => void told.push(`logLevel ${logLevel}`),
    numbers: ({ numbers }: { numbers: readonly unknown[] }) => void told.push(`numbers ${numbers.length}`),
  };
  return { config: new ConfigFile(file, loadConfig(file), live), told };
}

test('it is shown with its defaults and without its secrets', ({ file }) => {
  const shown = JSON.stringify(opened(file).config.read());
  assert.match(shown, '"port":8080');
  assert.match(shown, '"username":"box"');
  for (const secret of ['the secret of', 'trunk password', 'user:password']) assert.not.match(shown, secret);
});

test('what was shown can be sent back: secrets are the same, also where items have changed places', ({ file }) => {
  const { config } = opened(file);
  const shown = config.read().config as { projects: { opentok: object }[] };
  shown.projects.reverse();
  const { applied, needsRestart } = config.write({ config: { ...shown } });
  assert.equal([applied, needsRestart], [[], ['projects']]);
  const { projects = [], trunks } = loadConfig(file);
  assert.equal(
    projects.map(({ opentok }) => opentok?.apiSecret),
    ['the secret of the second', 'the secret of the first'],
  );
  assert.is(projects[0]?.opentok?.sipMonitoringUrl, 'https://user:password@example.com/x');
  assert.is(trunks[0]?.auth?.password, 'trunk password');
});

test('a text keeps its comments, and its masks become the secrets that they stand for', ({ file }) => {
  const { config, told } = opened(file);
  const text = TEXT.replace('"the secret of the first"', `"${MASK}"`).replace('info', 'debug');
  const { applied, needsRestart, backup } = config.write({ yaml: text });
  assert.equal([applied, needsRestart, told], [['logLevel'], [], ['logLevel debug']]);
  const written = readFileSync(file, 'utf8');
  assert.match(written, '# my box');
  assert.match(written, '# do not tell');
  assert.is(loadConfig(file).projects?.[0]?.opentok?.apiSecret, 'the secret of the first');
  assert.is(readFileSync(backup, 'utf8'), TEXT);
  assert.is(statSync(file).mode & 0o777, 0o640);
  assert.equal(readdirSync(path.dirname(file)).sort(), ['box.yaml', 'box.yaml.bak']);
});

test('what cannot be applied waits for a restart, and is shown to wait', ({ file }) => {
  const { config, told } = opened(file);
  const { applied, needsRestart } = config.write({ yaml: `${TEXT}http: { port: 9000 }\n` });
  assert.equal([applied, needsRestart, told], [[], ['http.port'], []]);
  assert.equal(config.read().needsRestart, ['http.port']);
  assert.equal(config.write({ yaml: TEXT }).needsRestart, []);
  assert.equal(config.read().needsRestart, []);
});

test('numbers are applied at once, unless they lead to what is not there before the restart', ({ file }) => {
  const { config, told } = opened(file);
  const numbers = (trunk: string) => `numbers: [{ number: "100", to: { forward: ["trunk:${trunk}"] } }]\n`;
  assert.equal(config.write({ yaml: TEXT + numbers('carrier') }).applied, ['numbers']);
  const more =
    TEXT.replace('trunks:\n', 'trunks:\n  - { name: other, targets: ["sip:192.0.2.10"] }\n') + numbers('other');
  const { applied, needsRestart } = config.write({ yaml: more });
  assert.equal([applied, needsRestart], [[], ['numbers', 'trunks']]);
  assert.equal(told, ['numbers 1']);
});

test('what is wrong is not written', ({ file }) => {
  const { config, told } = opened(file);
  const bomb = 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n';
  for (const yaml of [bomb, 'logLevel: loud\n', 'logLevel: [\n', `${TEXT}colour: red\n`]) {
    assert.throws(
      () => config.write({ yaml }),
      (error: unknown) => isCrosspointError(error) && error.code === 'config.invalid',
    );
    assert.ok(config.check({ yaml }).length > 0);
  }
  assert.is(readFileSync(file, 'utf8'), TEXT);
  assert.equal(told, []);
  const [problem] = config.check({ config: { trunks: [{ name: 'x', auth: { username: 'y', password: 7 } }] } });
  assert.not.match(JSON.stringify(problem), '7 ');
});

test('a mask for which there is no secret is refused: everybody would know it', ({ file }) => {
  const { config } = opened(file);
  const yaml = TEXT.replace('46000001', '46000009').replace('the secret of the first', MASK);
  assert.equal(
    config.check({ yaml }).map(problem => problem.path),
    ['projects[0].opentok.apiSecret'],
  );
  assert.throws(() => config.write({ yaml }), /expected the secret itself/);
  assert.is(readFileSync(file, 'utf8'), TEXT);
});

test.run();
