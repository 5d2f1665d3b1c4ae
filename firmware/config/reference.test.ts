import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withPart } from '../base/generated-part.ts';
import { configurationReference, renderReference } from './reference.ts';

const withReference = (text: string) => withPart(text, configurationReference);

test('every key of the schema has a row with a description', () => {
  const rows = renderReference().split('\n').slice(2);
  for (const key of [
    'http.port',
    'sip.listeners[].advertise',
    'mqtt.url',
    'projects[].opentok.apiSecret',
    'limits.callSeconds',
  ])
    assert.ok(
      rows.some(row => row.startsWith(`| \`${key}\` |`)),
      key,
    );
  for (const row of rows) assert.match(row, /^\| `[^`]+` \| [^|]+ \| [^|]+ \| [^|]+ \|$/);
});

test('the reference replaces what stands between the markers and nothing else', () => {
  const [begin, end] = [/<!--.*begin.*-->/, /<!--.*end.*-->/];
  assert.is(withReference('no markers'), null);
  const markers =
    '<!-- configuration reference: begin (generated, do not edit) -->\nold\n<!-- configuration reference: end -->';
  const fresh = withReference(`before\n${markers}\nafter`);
  assert.match(fresh ?? '', begin);
  assert.match(fresh ?? '', end);
  assert.not.match(fresh ?? '', 'old\n');
  assert.ok(fresh?.startsWith('before\n'));
  assert.ok(fresh?.endsWith('\nafter'));
  assert.is(withReference(fresh ?? ''), fresh);
});

test.run();
