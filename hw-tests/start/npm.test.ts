import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { type Child, startChild } from '../rig/children.ts';
import { root } from '../rig/own-box.ts';
import { Rig } from '../rig/rig.ts';
import { ConfigFolder, rightConfig } from '../rig/run-box.ts';
import { until, within } from '../rig/until.ts';

const rig = new Rig({ needs: ['own'] });

/** `npm run SCRIPT`, as a newcomer types it. */
const npm = (...args: string[]): Promise<Child> => startChild(`npm ${args[0]}`, 'npm', args, { cwd: root });

rig.test('npm start, when nothing is missing, is silent about the set-up and ready within 3 s', async () => {
  const folder = rig.keep(new ConfigFolder(await rightConfig()));
  const started = performance.now();
  const child = await npm('start', '--', '--config', folder.file);
  rig.keep({ close: () => child.stop('SIGTERM') });
  await until('the start-up card', () => child.output().includes('is ready') || child.exit(), { limitMs: 60_000 });
  const tookMs = performance.now() - started;
  console.log(`npm start: ready after ${tookMs.toFixed(0)} ms`);
  assert.match(child.output(), /is ready/);
  assert.not.match(child.output(), /bootstrap:/);
  assert.ok(tookMs < 3_000, `ready after ${tookMs.toFixed(0)} ms`);
});

rig.test('Ctrl-C ends it, and nothing stays', async () => {
  const folder = rig.keep(new ConfigFolder(await rightConfig()));
  // A terminal sends the signal to the whole foreground process group.
  const child = spawn('npm', ['start', '--', '--config', folder.file], { cwd: root, detached: true, stdio: 'pipe' });
  let output = '';
  child.stdout.on('data', chunk => {
    output += String(chunk);
  });
  rig.keep({ close: () => child.kill('SIGKILL') });
  await until('the start-up card', () => output.includes('is ready'), { limitMs: 15_000, state: () => output });
  process.kill(-Number(child.pid), 'SIGINT');
  await within(10_000, 'the end', once(child, 'exit'));
});

rig.test('npm run check-config tells right from wrong', async () => {
  const right = rig.keep(new ConfigFolder(await rightConfig()));
  const wrong = rig.keep(new ConfigFolder((await rightConfig()).replace('workers:', 'wokers:')));
  for (const [folder, expected] of [
    [right, 0],
    [wrong, 1],
  ] as const) {
    const child = await npm('run', '--silent', 'check-config', '--', folder.file);
    const { code } = await within(20_000, 'check-config', child.exited);
    assert.is(code, expected, child.output());
  }
});

rig.test('npm run demo shows a first call and succeeds', async () => {
  const child = await npm('run', '--silent', 'demo', '--', '--config', rig.own.configFile);
  const { code } = await within(40_000, 'the demo', child.exited);
  const output = child.output();
  assert.is(code, 0, output);
  for (const told of ['callCreated', 'DIALING', 'ACTIVE', 'callDestroyed', 'Hz'])
    assert.ok(output.includes(told), output);
  assert.not.ok(output.includes(rig.box.facts.project.apiSecret));
  await rig.box.idle();
});

rig.test('npm run demo without a gateway fails and says what to do', async () => {
  const folder = rig.keep(new ConfigFolder(await rightConfig()));
  const child = await npm('run', '--silent', 'demo', '--', '--config', folder.file);
  const { code } = await within(40_000, 'the demo', child.exited);
  assert.is.not(code, 0);
  assert.match(child.output(), /npm start/);
});

rig.run();
