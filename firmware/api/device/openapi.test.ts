import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, startApi } from '../testing/api-rig.ts';
import { deviceReference } from '../testing/device-reference.ts';
import type { ApiDocument, Operation } from './openapi-document.ts';

interface Context extends ApiRig {
  document: ApiDocument;
}
const test = suite<Context>('the description of the device API');

test.before(async context => {
  const api = await startApi();
  Object.assign(context, api, { document: (await api.request('GET', '/device/openapi.json')).body });
});
test.after(({ close }) => close());

function operations({ paths }: ApiDocument): [name: string, path: string, operation: Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      path,
      operation,
    ]),
  );
}

test('it is valid OpenAPI 3.1', async ({ document }) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
  assert.ok(valid, JSON.stringify(errors)?.slice(0, 2_000));
  assert.is(validator.version, '3.1');
});

test('every route below /device is in it, and no other', ({ document }) => {
  const paths = Object.keys(document.paths);
  assert.equal(
    paths.filter(path => !path.startsWith('/device/')),
    [],
  );
  for (const path of [
    '/device/calls',
    '/device/calls/{id}',
    '/device/records',
    '/device/config',
    '/device/sessions/{id}',
  ])
    assert.ok(paths.includes(path), path);
});

test('every route has a summary, describes its path, and says what it answers, refusals among it', ({ document }) => {
  for (const [name, path, { summary, tags, parameters = [], responses }] of operations(document)) {
    assert.ok(summary, `${name} has no summary`);
    assert.ok(tags?.length, `${name} has no tag`);
    const named = parameters.filter(each => each.in === 'path').map(each => `{${each.name}}`);
    assert.equal(named, path.match(/\{\w+\}/g) ?? [], name);
    const answers = Object.keys(responses);
    assert.ok(
      answers.some(status => status.startsWith('2')),
      `${name} does not say what it answers`,
    );
    assert.ok(answers.includes('4XX') && answers.includes('5XX'), `${name} does not say how it refuses`);
  }
});

test('it says that a token is needed, and knows none', ({ document }) => {
  const { security, components } = document as unknown as {
    security: unknown;
    components: { securitySchemes: { operator: { type: string; scheme: string } } };
  };
  assert.equal(security, [{ operator: [] }]);
  const { type, scheme } = components.securitySchemes.operator;
  assert.equal([type, scheme], ['http', 'bearer']);
});

test('its page tells every route, and loads nothing', async ({ request, document }) => {
  const { status, headers, text } = await request('GET', '/device/docs');
  assert.is(status, 200);
  for (const [, path] of operations(document)) assert.ok(text.includes(`<code>${path}</code>`), path);
  assert.not.match(text, /<script|<link|<img|src=|url\(|https?:\/\//);
  assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'sha256-[^']+'/);
});

test('docs/device.md says what the routes say', ({ document }) => {
  const text = readFileSync(new URL('../../../docs/device.md', import.meta.url), 'utf8');
  assert.ok(
    text === deviceReference(document),
    'docs/device.md is out of date: npx tsx firmware/api/testing/device-reference.ts --write docs/device.md',
  );
});

test.run();
