import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import type { ProjectId } from '../base/ids.ts';
import { application } from '../config/projects.fixture.ts';
import type { Project } from '../config/projects.ts';
import { createSessionId } from './session-id.ts';
import { verifyParticipantToken } from './token.ts';

const ours = application('11111111-1111-4111-8111-111111111111');
const theirs = application('22222222-2222-4222-8222-222222222222');
const { project, keys } = ours;
const session = createSessionId(project.id, '', 1);
const NOW = Date.UTC(2026, 0, 1);
const seconds = NOW / 1000;

/** As the SDKs make one, with claims to change. */
function token(
  claims: Record<string, unknown> = {},
  key = keys.privateKey,
  algorithm: jwt.Algorithm = 'RS256',
): string {
  const usual = {
    application_id: project.id,
    scope: 'session.connect',
    session_id: session,
    role: 'publisher',
    initial_layout_class_list: '',
    exp: seconds + 86_400,
    sub: 'video',
    acl: { paths: { '/session/**': {} } },
    jti: 'x',
    iat: seconds,
  };
  // JSON has no undefined: such claims are absent.
  return jwt.sign(JSON.parse(JSON.stringify({ ...usual, ...claims })), key, { algorithm });
}

function outcome(text: string, of: Project = project, id = session, now = NOW) {
  try {
    return verifyParticipantToken(text, of, id, now);
  } catch (error) {
    if (isCrosspointError(error)) return error.code;
    throw error;
  }
}

test('a participant token of an application is accepted with its role, data and classes', () => {
  assert.equal(outcome(token()), { role: 'publisher', data: '' });
  const claims = { role: 'moderator', connection_data: 'agent=7', initial_layout_class_list: 'focus  full' };
  assert.equal(outcome(token(claims)), { role: 'moderator', data: 'agent=7', layoutClasses: ['focus', 'full'] });
});

test('it is for one session, one application and a time', () => {
  assert.is(outcome(token(), project, createSessionId(project.id, '', 1)), 'session.token-invalid');
  assert.is(outcome(token(), theirs.project), 'session.token-foreign');
  assert.is(outcome(token({ application_id: theirs.project.id })), 'session.token-foreign');
  assert.is(outcome(token(), project, session, NOW + 86_401_000), 'session.token-expired');
  assert.is(outcome(token({ exp: undefined })), 'session.token-invalid');
});

test('only RS256 with the key of the application is believed', () => {
  assert.is(outcome(token({}, theirs.keys.privateKey)), 'session.token-invalid');
  for (const algorithm of ['RS384', 'RS512', 'PS256'] as const)
    assert.is(outcome(token({}, keys.privateKey, algorithm)), 'session.token-invalid');
  assert.is(outcome(token({}, '', 'none')), 'session.token-invalid');
  assert.is(outcome(token({}, keys.publicKey, 'HS256')), 'session.token-invalid');
});

test('a REST credential, and what an acl keeps out, is no participant token', () => {
  assert.is(outcome(token({ scope: undefined, session_id: undefined, acl: undefined })), 'session.token-invalid');
  assert.is(outcome(token({ scope: undefined })), 'session.token-invalid');
  assert.is(outcome(token({ acl: { paths: { '/v2/**': {} } } })), 'session.token-invalid');
  assert.type(outcome(token({ acl: undefined })), 'object');
});

test('tokens of OpenTok do not open sessions of an application, and the other way round', () => {
  const secret = 'a secret of OpenTok';
  const opentok: Project = {
    kind: 'opentok',
    id: project.id as string as ProjectId,
    secret,
    sipMonitoringUrl: null,
    sessionMonitoringUrl: null,
  };
  const claims = { iss: project.id, ist: 'project', application_id: project.id };
  assert.is(outcome(token(claims, secret, 'HS256')), 'session.token-invalid');
  assert.is(outcome(token(claims), opentok), 'session.token-invalid');
  assert.is(outcome('T1==cGFydG5lcl9pZD0x'), 'session.token-invalid');
  for (const garbage of ['', 'x', 'a.b.c', 'e30.e30.e30', 'x'.repeat(100_000)])
    assert.is(outcome(garbage), 'session.token-invalid');
});

test.run();
