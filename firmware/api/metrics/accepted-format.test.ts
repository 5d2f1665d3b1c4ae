import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { acceptedFormat } from './accepted-format.ts';

const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

const headers: [accept: string | undefined, format: ReturnType<typeof acceptedFormat>][] = [
  [undefined, 'text'],
  ['*/*', 'text'],
  ['text/html,application/xhtml+xml', 'text'],
  ['text/plain;version=0.0.4', 'text'],
  ['application/openmetrics-text', 'openmetrics'],
  ['application/openmetrics-text; version=0.0.1', 'text'],
  ['text/plain;q=0.9, application/openmetrics-text;version=1.0.0;q=0.2', 'text'],
  ['application/openmetrics-text;q=nonsense', 'text'],
  [PROMETHEUS, 'openmetrics'],
];
for (const [accept, format] of headers)
  test(`${accept ?? 'no Accept header'} is answered in ${format}`, () => {
    assert.is(acceptedFormat(accept), format);
  });

test.run();
