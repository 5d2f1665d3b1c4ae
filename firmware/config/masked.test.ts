import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type SchemaView, viewOf } from './expectation.ts';
import { masked } from './masked.ts';
import { ConfigSchema } from './schema.ts';

/** Where the schema has a text that is a password, a key, or an address that may hold one. */
function texts(schema: object, path: string): [path: string, view: SchemaView][] {
  const view = viewOf(schema);
  if (view.properties)
    return Object.entries(view.properties).flatMap(([key, inner]) =>
      texts(inner, path === '' ? key : `${path}.${key}`),
    );
  if (view.type === 'array' && view.items && !Array.isArray(view.items)) return texts(view.items, `${path}[]`);
  return [[path, view]];
}

test('every key that by its name holds a secret is masked', () => {
  const open = texts(ConfigSchema, '')
    .filter(([path, { secret }]) => /(?:secret|password|token|url)$/i.test(path) && !secret)
    .map(([path]) => path);
  assert.equal(open, []);
});

test('keys that are not there stay away', () => {
  assert.equal(masked(ConfigSchema, { mqtt: { embedded: {} }, box: 'x' }), { mqtt: { embedded: {} }, box: 'x' });
  assert.equal(masked(ConfigSchema, { mqtt: { url: 'mqtt://a:b@c' } }), { mqtt: { url: '********' } });
});

test.run();
