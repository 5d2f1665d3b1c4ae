import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Group, Job } from './job.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const limitsMs: Record<Group, number> = {
  checks: 300_000,
  unit: 180_000,
  plugin: 600_000,
  box: 300_000,
  pairs: 300_000,
  quiet: 300_000,
  long: 3_600_000,
};

/** Folders of hw-tests that serve the tests of the box: their own tests need no box. */
const tools = ['runner', 'rig', 'load', 'bench'];

export function discover(wanted: readonly Group[]): Job[] {
  return wanted.flatMap(group => {
    switch (group) {
      case 'checks':
        return ['lint', 'typecheck'].map(check);
      case 'unit':
        return [...testFiles('firmware', 'pipelines', 'provisioning'), ...toolTests()].flatMap(file =>
          isLong(file) ? [] : testFile(file, 'unit'),
        );
      case 'plugin':
        return [...pluginTests('release', 'plugin'), ...pluginTests('asan', 'plugin')];
      case 'pairs':
        return pairs.map(file => testFile(file, 'pairs'));
      case 'box':
      case 'quiet':
        return boxTests().flatMap(file => (!isLong(file) && wants(file) === group ? testFile(file, group) : []));
      case 'long':
        return [
          ...pluginTests('release', 'long'),
          ...pluginTests('asan', 'long'),
          ...[...boxTests(), ...toolTests()].flatMap(file => (isLong(file) ? testFile(file, 'long') : [])),
        ];
      default:
        return group satisfies never;
    }
  });
}

/** Floods, thousands of calls, what is timed, and what is seen in a browser: one by one. */
const quiet = ['resilience', 'start/npm.test.ts', 'start/first-start.test.ts', 'browser', 'webrtc'];
/**
 * Phones that stutter when they have to wait, and what mostly waits itself, for timers or for who was killed: two at a
 * time, the longest first.
 */
const pairs = [
  'webrtc/rough-network.test.ts',
  'sound/security.test.ts',
  'sound/dtls-srtp.test.ts',
  'sound/codecs.test.ts',
  'https/browser.test.ts',
  'sound/linphone-codecs.test.ts',
  'scripts/two-workers.test.ts',
  'webrtc/refusals.test.ts',
  'browser/agent.test.ts',
  'resilience/broker-outages.test.ts',
  'resilience/service-killed.test.ts',
  'webrtc/ice-tcp.test.ts',
  'browser/digits.test.ts',
  'resilience/worker-killed.test.ts',
].map(file => path.join('hw-tests', file));
/** It loses packets of SIP alone, and waits for timers. */
const beside = path.join('hw-tests', 'resilience/loss.test.ts');

function wants(file: string): 'box' | 'pairs' | 'quiet' {
  if (pairs.includes(file)) return 'pairs';
  return file !== beside && quiet.some(part => file.startsWith(path.join('hw-tests', part))) ? 'quiet' : 'box';
}

const isLong = (file: string) => file.endsWith('.long.test.ts');

function toolTests(): string[] {
  return testFiles(...tools.map(tool => path.join('hw-tests', tool)));
}

function boxTests(): string[] {
  const features = readdirSync(path.join(root, 'hw-tests'), { withFileTypes: true });
  return testFiles(
    ...features.flatMap(entry =>
      entry.isDirectory() && !tools.includes(entry.name) ? path.join('hw-tests', entry.name) : [],
    ),
  );
}

/** Paths from the root, sorted. */
function testFiles(...folders: string[]): string[] {
  return folders
    .flatMap(folder => {
      const absolute = path.join(root, folder);
      if (!existsSync(absolute)) return [];
      return readdirSync(absolute, { recursive: true, encoding: 'utf8' }).flatMap(file =>
        file.endsWith('.test.ts') && !file.includes(`build${path.sep}`) ? path.join(folder, file) : [],
      );
    })
    .sort();
}

const common = (group: Group) => ({ group, cwd: root, env: {}, limitMs: limitsMs[group] });

/** The runner has its bundle run (bundled-tests.ts). */
function testFile(file: string, group: Group): Job {
  return { ...common(group), name: file, command: process.execPath, args: [file], counts: 'uvu' };
}

function check(script: string): Job {
  return {
    ...common('checks'),
    name: `npm run ${script}`,
    command: 'npm',
    args: ['run', '--silent', script],
    counts: 'exit-code',
  };
}

interface MesonTest {
  readonly name: string;
  readonly cmd: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string | null;
  /** `project:suite` */
  readonly suite: readonly string[];
}

/** Those of meson's suite `long` belong to the group of that name. */
function pluginTests(build: 'release' | 'asan', group: 'plugin' | 'long'): Job[] {
  const folder = path.join(root, 'pipelines/plugin/build', build);
  const listed = execFileSync('meson', ['introspect', '--tests', folder], { encoding: 'utf8' });
  // What a fuzzer finds, the sanitizers see.
  const fuzzes = build === 'asan';
  const tests = (JSON.parse(listed) as MesonTest[]).filter(
    ({ name, suite }) =>
      suite.some(each => each.endsWith(':long')) === (group === 'long') && (fuzzes || !name.startsWith('fuzz-')),
  );
  return tests.map(test => ({
    ...common(group),
    name: `plugin ${build}: ${test.name}`,
    command: 'nice',
    args: ['-n', '19', ...test.cmd],
    cwd: test.workdir ?? folder,
    // A finding of a sanitizer must end the process: UBSan alone would print it and go on.
    env: { UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1', ...test.env },
    counts: 'last-line',
  }));
}
