import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import { application } from '../../config/projects.fixture.ts';
import type { Project } from '../../config/projects.ts';
import { verifyApplicationToken } from './application-token.ts';

const ours = application('11111111-1111-4111-8111-111111111111');
const theirs = application('22222222-2222-4222-8222-222222222222');
const opentok: Project = {
  kind: 'opentok',
  id: '46000001' as ProjectId,
  secret: 'a secret of OpenTok',
  sipMonitoringUrl: null,
  sessionMonitoringUrl: null,
};
const projects = new Map([ours.project, theirs.project, opentok].map(project => [project.id, project]));
const NOW = Date.UTC(2026, 0, 1);
const seconds = NOW / 1000;
const id = ours.project.id;
const DIAL = `/v2/project/${id}/dial`;

function sign(claims: Record<string, unknown>, options: jwt.SignOptions = {}, key = ours.keys.privateKey): string {
  return jwt.sign({ application_id: id, iat: seconds, exp: seconds + 900, jti: 'x', ...claims }, key, {
    algorithm: 'RS256',
    ...options,
  });
}

/** @param of the path; null for one without an application */
function outcome(token: unknown, of: string | null = id, now = NOW, path = DIAL): string {
  try {
    return verifyApplicationToken(token, of ?? undefined, projects, { method: 'POST', path }, now).id;
  } catch (error) {
    if (isCrosspointError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
}

const REFUSED = 'http.application-credential: Invalid token';

test('an application’s JWT is accepted for its own path', () => {
  assert.is(outcome(sign({})), id);
  assert.is(outcome(sign({}), theirs.project.id), REFUSED);
});

test('without an application in the path the token says whose it is', () => {
  assert.is(outcome(sign({}), null), id);
  assert.is(outcome(sign({ application_id: theirs.project.id }), null), REFUSED);
  assert.is(outcome(sign({ application_id: theirs.project.id }, {}, theirs.keys.privateKey), null), theirs.project.id);
});

test('what the opentok SDK adds for an application is ignored', () => {
  assert.is(outcome(sign({ iss: id, ist: 'project' })), id);
});

test('a credential lives until exp and a minute for clocks that differ', () => {
  assert.is(outcome(sign({}), id, NOW + 959_000), id);
  assert.is(outcome(sign({}), id, NOW + 961_000), REFUSED);
  assert.is(outcome(sign({ nbf: seconds + 59 })), id);
  assert.is(outcome(sign({ nbf: seconds + 61 })), REFUSED);
});

const unsigned = jwt.sign({ application_id: id, exp: seconds + 9 }, '', { algorithm: 'none' });
const publicAsSecret = [
  Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url'),
  Buffer.from(JSON.stringify({ application_id: id, exp: seconds + 9 })).toString('base64url'),
];

const refusals: [why: string, token: unknown][] = [
  ['no token', undefined],
  ['a repeated header', ['a', 'b']],
  ['an empty one', ''],
  ['no JWT', 'abc'],
  ['an endless one', 'x'.repeat(100_000)],
  ['another key', sign({}, {}, theirs.keys.privateKey)],
  ['no signature', unsigned],
  ['the public key as a secret', jwt.sign({ application_id: id, exp: seconds + 9 }, ours.keys.publicKey)],
  ['a signature of nothing', `${publicAsSecret.join('.')}.`],
  ['RS384', sign({}, { algorithm: 'RS384' })],
  ['RS512', sign({}, { algorithm: 'RS512' })],
  ['PS256', sign({}, { algorithm: 'PS256' })],
  ['no end', jwt.sign({ application_id: id }, ours.keys.privateKey, { algorithm: 'RS256' })],
  ['no application', sign({ application_id: undefined })],
  ['another application', sign({ application_id: theirs.project.id })],
  ['an application that is a list', sign({ application_id: [id] })],
  ['a participant’s scope', sign({ scope: 'session.connect' })],
  ['a participant’s session', sign({ session_id: 'x' })],
  ['a text for claims', jwt.sign('hello', ours.keys.privateKey, { algorithm: 'RS256' })],
];

for (const [why, token] of refusals) {
  test(`${why} is refused, in the same words as everything else`, () => {
    assert.is(outcome(token), REFUSED);
    assert.is(outcome(token, null), REFUSED);
  });
}

test('a changed token is refused wherever it was changed', () => {
  const token = sign({});
  for (let i = 0; i < token.length - 3; i += 11) {
    const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
    assert.is(outcome(changed), REFUSED, `${i}`);
  }
});

test('an unknown application, and a project of another kind, are refused like a bad signature', () => {
  const nobody = '33333333-3333-4333-8333-333333333333';
  assert.is(outcome(sign({ application_id: nobody }), nobody), REFUSED);
  assert.is(outcome(sign({ application_id: opentok.id }), opentok.id), REFUSED);
  assert.is(outcome(sign({ application_id: '__proto__' }), '__proto__'), REFUSED);
});

test('an acl must cover what is asked for', () => {
  const allowed = (paths: object, path = DIAL) => outcome(sign({ sub: 'x', acl: { paths } }), id, NOW, path);
  assert.is(allowed({ '/**': {} }), id);
  assert.is(allowed({ '/v2/project/*/dial': { methods: ['POST'] } }), id);
  const refusal = `http.acl: The acl of the token does not cover POST ${DIAL}`;
  assert.is(allowed({ '/session/**': {} }), refusal);
  assert.is(allowed({ '/v2/project/*/dial': { methods: ['GET'] } }), refusal);
  assert.is(allowed({ '/v2/project/*/dial': { filters: { to: '1' } } }), refusal);
  assert.is(allowed({ '/session/**': {} }, '/session/create'), id);
});

test.run();
