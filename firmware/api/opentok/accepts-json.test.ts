import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { acceptsJson } from './accepts-json.ts';

const cases: [accept: string | undefined, json: boolean][] = [
  [undefined, true],
  ['', true],
  ['application/json', true],
  ['Application/JSON', true],
  ['*/*', true],
  ['application/*', true],
  ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', true],
  ['application/json;q=0.1, application/xml', true],
  ['application/xml', false],
  ['text/xml, application/xml;q=0.5', false],
  ['application/json;q=0, application/xml', false],
  ['application/json; q=0.000', false],
  ['text/*', false],
  ['application/jsonx', false],
];

for (const [accept, json] of cases) {
  test(`${accept ?? 'no header'} ${json ? 'takes' : 'does not take'} JSON`, () => {
    assert.is(acceptsJson(accept), json);
  });
}

test.run();
