import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rewriteUrl } from './rewrite-url.ts';

const cases: [written: string, meant: string][] = [
  ['/', '/'],
  ['//', '/'],
  ['', '/'],
  ['/health', '/health'],
  ['//session/create', '/session/create'],
  ['/v2//project///1/dial/', '/v2/project/1/dial'],
  ['/a/?u=http://x//y/', '/a?u=http://x//y/'],
  ['/?', '/?'],
  ['http://box:8080//session/create/', '/session/create'],
  ['HTTPS://box', '/'],
  ['/a/http://b', '/a/http:/b'],
];

for (const [written, meant] of cases)
  test(`${written || 'nothing'} means ${meant}`, () => assert.is(rewriteUrl(written), meant));

test.run();
