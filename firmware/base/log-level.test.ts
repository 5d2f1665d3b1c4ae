import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLog } from './log.ts';
import { LogLevelSwitch } from './log-level.ts';
import { ManualClock } from './manual-clock.ts';

function switched() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const log = createLog('info', { write: line => void lines.push((JSON.parse(line) as { msg: string }).msg) });
  return { clock, lines, log, level: new LogLevelSwitch(log, 'info', clock) };
}

test('a level that is set holds at once, for everybody who has the log, and stays', () => {
  const { clock, lines, log, level } = switched();
  log.debug('unseen');
  level.set('debug', null);
  log.debug('seen');
  clock.advance(86_400_000);
  assert.equal(lines, ['the log level was changed', 'seen']);
  assert.equal(level.state, { level: 'debug', until: null });
});

test('one that is set for a while goes back to that of the configuration', () => {
  const { clock, log, level } = switched();
  level.set('trace', 60);
  assert.equal(level.state, { level: 'trace', until: clock.now() + 60_000 });
  clock.advance(59_000);
  assert.is(log.level, 'trace');
  clock.advance(1_000);
  assert.equal(level.state, { level: 'info', until: null });
  assert.is(clock.pendingTimers, 0);
});

test('the last word counts, also about how long', () => {
  const { clock, log, level } = switched();
  level.set('trace', 60);
  level.set('debug', null);
  clock.advance(3_600_000);
  assert.is(log.level, 'debug');
});

test('a signal is for ten minutes of everything, the next one ends them', () => {
  const { clock, log, level } = switched();
  level.toggle();
  assert.is(log.level, 'debug');
  level.toggle();
  assert.is(log.level, 'info');
  level.toggle();
  clock.advance(600_000);
  assert.is(log.level, 'info');
  level.close();
  assert.is(clock.pendingTimers, 0);
});

test.run();
