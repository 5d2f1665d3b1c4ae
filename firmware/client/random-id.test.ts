import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomId } from './random-id.ts';

test('an id is made without what browsers keep for secure origins', () => {
  const { randomUUID } = crypto;
  Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
  try {
    assert.match(randomId(), /^[0-9a-f]{32}$/);
    assert.is.not(randomId(), randomId());
  } finally {
    Object.defineProperty(crypto, 'randomUUID', { value: randomUUID, configurable: true });
  }
});

test.run();
