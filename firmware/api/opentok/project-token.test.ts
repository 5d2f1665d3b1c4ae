import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { OpentokProject } from '../../config/projects.ts';
import { createSessionId } from '../../sessions/session-id.ts';
import { OpenTok } from '../testing/opentok-sdk.ts';
import { verifyProjectToken } from './project-token.ts';

function project(id: string): OpentokProject {
  return {
    kind: 'opentok',
    id: id as ProjectId,
    secret: `secret-of-${id}`,
    sipMonitoringUrl: null,
    sessionMonitoringUrl: null,
  };
}

const ours = project('46000001');
const theirs = project('46000002');
const projects = new Map([ours, theirs].map(entry => [entry.id, entry]));
const NOW = Date.UTC(2026, 0, 1);
const seconds = NOW / 1000;

function sign(claims: Record<string, unknown>, options: jwt.SignOptions = {}, secret = ours.secret): string {
  return jwt.sign({ iss: ours.id, ist: 'project', iat: seconds, exp: seconds + 300, ...claims }, secret, options);
}

/** @param key in the path; null for a path without one */
function outcome(token: unknown, key: string | null = ours.id, now = NOW): string {
  try {
    return verifyProjectToken(token, key ?? undefined, projects, now).id;
  } catch (error) {
    if (isCrosspointError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const REFUSED = 'http.credential: Invalid token';

test('a project’s JWT is accepted for its own path', () => {
  assert.is(outcome(sign({})), ours.id);
  assert.is(outcome(sign({}), theirs.id), REFUSED);
});

test('without a key in the path the issuer says whose it is', () => {
  assert.is(outcome(sign({}), null), ours.id);
  assert.is(outcome(jwt.sign({ iss: theirs.id, ist: 'project', exp: seconds + 9 }, theirs.secret), null), theirs.id);
  assert.is(outcome(sign({ iss: theirs.id }), null), REFUSED);
});

test('the issuer may be a number, and other claims are ignored', () => {
  assert.is(outcome(sign({ iss: Number(ours.id), scope: 'call.create', jti: 'x' })), ours.id);
});

test('a credential lives until exp and a minute for clocks that differ', () => {
  assert.is(outcome(sign({}), ours.id, NOW + 359_000), ours.id);
  assert.is(outcome(sign({}), ours.id, NOW + 361_000), REFUSED);
});

const refusals: [why: string, token: unknown][] = [
  ['no header', undefined],
  ['a repeated header', ['a', 'b']],
  ['an empty header', ''],
  ['no JWT', 'abc'],
  ['an endless header', 'x'.repeat(100_000)],
  ['another secret', sign({}, {}, 'guess')],
  ['no signature', jwt.sign({ iss: ours.id, ist: 'project', exp: seconds + 9 }, '', { algorithm: 'none' })],
  ['HS384', sign({}, { algorithm: 'HS384' })],
  ['HS512', sign({}, { algorithm: 'HS512' })],
  ['no end', jwt.sign({ iss: ours.id, ist: 'project' }, ours.secret)],
  ['an account’s token', sign({ ist: 'account' })],
  ['no kind', jwt.sign({ iss: ours.id, exp: seconds + 9 }, ours.secret)],
  ['no issuer', jwt.sign({ ist: 'project', exp: seconds + 9 }, ours.secret)],
  ['another issuer', sign({ iss: theirs.id })],
  ['an issuer that is a list', sign({ iss: [ours.id, 'x'] })],
  ['a participant’s scope', sign({ scope: 'session.connect' })],
  ['a participant’s session', sign({ session_id: 'x' })],
  ['a text for claims', jwt.sign('hello', ours.secret)],
];

for (const [why, token] of refusals) {
  test(`${why} is refused, in the same words as everything else`, () => {
    assert.is(outcome(token), REFUSED);
    assert.is(outcome(token, null), REFUSED);
  });
}

test('a participant token of the SDK is no credential', () => {
  const sdk = new OpenTok(ours.id, ours.secret);
  const session = createSessionId(ours.id, '', 1);
  for (const t1 of [false, true]) assert.is(outcome(sdk.generateToken(session, {}, t1), ours.id, Date.now()), REFUSED);
});

test('an unknown project is refused like a wrong secret', () => {
  assert.is(outcome(sign({ iss: '999' }), '999'), REFUSED);
  assert.is(outcome(sign({ iss: '__proto__' }), '__proto__'), REFUSED);
});

test.run();
