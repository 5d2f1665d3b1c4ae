import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../base/ids.ts';
import { createSessionId, parseSessionId } from './session-id.ts';

const project = '46000001' as ProjectId;

test('an id tells its project, location and time, and holds only what a URL can', () => {
  const id = createSessionId(project, '192.0.2.7', 1_700_000_000_000);
  assert.match(id, /^2_[A-Za-z0-9_-]+$/);
  assert.equal(parseSessionId(id), { project, location: '192.0.2.7', createdAt: 1_700_000_000_000 });
});

test('the text inside has the layout that clients decode', () => {
  const text = Buffer.from(createSessionId(project, '', 5).slice(2), 'base64url').toString();
  assert.match(text, /^1~46000001~~5~[A-Za-z0-9_-]{24}~~$/);
});

test('ids of one instant differ by at least 96 random bits', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => createSessionId(project, '', 5)));
  assert.is(ids.size, 1000);
});

test('what is not a session id is told apart', () => {
  const encode = (text: string) => `2_${Buffer.from(text).toString('base64url')}`;
  const good = createSessionId(project, '', 5);
  for (const text of [
    '',
    '2_',
    '3_abc',
    'session',
    `${good}=`,
    `${good} `,
    good.replace('2_', '2-'),
    encode('2~46000001~~5~random~~'),
    encode('1~~~5~random~~'),
    encode('1~46000001~~soon~random~~'),
    encode('1~46000001~~5~~~'),
    encode('1~46000001~~5~random'),
    encode(`1~46000001~~5~${'x'.repeat(300)}~~`),
  ])
    assert.is(parseSessionId(text), null, text);
});

test('an id of the older prefix is read too', () => {
  assert.is(parseSessionId(createSessionId(project, '', 5).replace('2_', '1_'))?.project, project);
});

test.run();
