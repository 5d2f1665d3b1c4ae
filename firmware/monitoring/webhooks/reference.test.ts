import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withPart } from '../../base/generated-part.ts';
import { webhookReference } from './reference.ts';

const DOCUMENT = new URL('../../../docs/webhooks.md', import.meta.url);

test('docs/webhooks.md has the bodies as they are sent', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const remedy = 'npx tsx firmware/monitoring/webhooks/reference.ts --write docs/webhooks.md';
  assert.is(text, withPart(text, webhookReference), `out of date: ${remedy}`);
});

test('a text without a place for it is said to have none', () => {
  assert.is(withPart('nothing', webhookReference), null);
});

test.run();
