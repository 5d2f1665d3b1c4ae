import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderFields, withFields } from './reference.ts';

const page = readFileSync(new URL('../../../docs/video-api.md', import.meta.url), 'utf8');

test('docs/video-api.md says what the schemas say', async () => {
  assert.is(await withFields(page), page, 'npx tsx firmware/api/opentok/reference.ts --write docs/video-api.md');
});

test('fields stand with their path, what they may be, and what they are', async () => {
  const text = await renderFields();
  assert.match(text, '### `POST /v2/project/{apiKey}/dial`');
  assert.match(text, /\| `sip\.auth\.username` \| text of at most 255 characters \|/);
  assert.match(text, /\| `sip\.streams` \| list of at most 64, optional \| ids: /);
  assert.match(text, /\| `items\[\]\.videoType` \| "camera" or "screen" or "custom" \|/);
  assert.not.match(text, /undefined|\[object/);
});

test('a page without markers is left alone', async () => {
  assert.is(await withFields('nothing'), null);
});

test.run();
