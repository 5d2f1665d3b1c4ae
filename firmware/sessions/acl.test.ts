import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { aclCovers } from './acl.ts';

const DIAL = '/v2/project/78d335fa-323d-0114-9c3d-d6f0d48968cf/dial';
const STREAM = '/v2/project/a/session/2_x/stream/y';

const cases: [pattern: string, path: string, covered: boolean][] = [
  ['/**', DIAL, true],
  ['/**', '/', true],
  [DIAL, DIAL, true],
  ['/v2/project/*/dial', DIAL, true],
  ['/v2/project/*/dial', '/v2/project/a/b/dial', false],
  ['/v2/project/**', DIAL, true],
  ['/v2/project/**', '/v2/project', true],
  ['/v2/project/*', '/v2/project', false],
  ['/*/project/*/session/**', STREAM, true],
  ['/*/project/*/session/**', DIAL, false],
  ['/v2/**/stream/*', STREAM, true],
  ['/**/stream/**/stream/y', '/a/stream/stream/b/stream/y', true],
  ['/**/session/**/x', STREAM, false],
  ['/session/**', '/session/create', true],
  ['/session/**', DIAL, false],
  ['/session/create', '/session/create/more', false],
  // Not understood, so it grants nothing.
  ['/v2/pro*', '/v2/project', false],
  ['/v2/{id}', '/v2/{id}', false],
  ['/(.*)', '/x', false],
  ['**', DIAL, false],
  ['', '', false],
];

for (const [pattern, path, covered] of cases) {
  test(`${pattern || 'nothing'} ${covered ? 'covers' : 'does not cover'} ${path || 'nothing'}`, () => {
    assert.is(aclCovers({ paths: { [pattern]: {} } }, 'POST', path), covered);
  });
}

test('a token without an acl, or with one that names no paths, may do everything', () => {
  assert.ok(aclCovers(undefined, 'POST', DIAL));
  assert.ok(aclCovers({}, 'POST', DIAL));
  assert.not(aclCovers({ paths: {} }, 'POST', DIAL));
});

test('methods limit a pattern, and one that matches is enough', () => {
  const paths = { '/v2/**': { methods: ['GET'] }, '/v2/project/*/dial': { methods: ['POST', 'PUT'] } };
  assert.ok(aclCovers({ paths }, 'POST', DIAL));
  assert.ok(aclCovers({ paths }, 'GET', STREAM));
  assert.not(aclCovers({ paths }, 'DELETE', STREAM));
  assert.not(aclCovers({ paths }, null, STREAM));
});

test('what is not understood grants nothing', () => {
  for (const grant of [{ filters: { to: '1' } }, { methods: 'POST' }, { until: 5 }, [], null, 'yes', true])
    assert.not(aclCovers({ paths: { '/**': grant } }, 'POST', DIAL), JSON.stringify(grant));
  assert.ok(aclCovers({ paths: { '/**': { filters: {}, methods: ['POST'] } } }, 'POST', DIAL));
  for (const acl of [null, [], 'all', { paths: [] }, { paths: '/**' }]) assert.not(aclCovers(acl, 'POST', DIAL));
});

test('a pattern that is made to take long takes no time', () => {
  const pattern = `/${'**/a/'.repeat(100)}b`;
  const before = performance.now();
  assert.not(aclCovers({ paths: { [pattern]: {} } }, 'POST', `/${'a/'.repeat(2_000)}c`));
  assert.ok(performance.now() - before < 200);
});

test.run();
