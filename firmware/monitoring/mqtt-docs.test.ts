import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderTopics, withTopics } from './mqtt-docs.ts';
import { topicTable } from './topic-table.ts';

test('docs/mqtt.md says what the schemas say', () => {
  const text = readFileSync(new URL('../../docs/mqtt.md', import.meta.url), 'utf8');
  assert.ok(withTopics(text) === text, 'stale: npx tsx firmware/monitoring/mqtt-docs.ts --write docs/mqtt.md');
});

test('every payload has a section with a row for each of its fields', () => {
  const text = renderTopics();
  for (const { payload } of topicTable) assert.match(text, `### ${payload}\n`);
  for (const field of [
    '`online`',
    '`call.id`',
    '`sip.auth.password`',
    '`targets[].state`',
    '`workers[].tickLateUsP99`',
  ])
    assert.match(text, `| ${field} |`);
  for (const row of text.split('\n').filter(line => line.startsWith('| '))) assert.match(row, / \|$/);
});

test('a document without markers is left alone', () => {
  assert.is(withTopics('no markers'), null);
});

test.run();
