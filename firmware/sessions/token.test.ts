import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import type { ProjectId, SessionId } from '../base/ids.ts';
import type { OpentokProject } from '../config/projects.ts';
import { createSessionId } from './session-id.ts';
import { verifyParticipantToken } from './token.ts';

function project(id: string, secret: string): OpentokProject {
  return { kind: 'opentok', id: id as ProjectId, secret, sipMonitoringUrl: null, sessionMonitoringUrl: null };
}

const ours = project('46000001', 'the-secret-of-our-project');
const theirs = project('46000002', 'the-secret-of-another-project');
const session = createSessionId(ours.id, '', 1);
/** The official SDK, which comes without types. */
const OpenTok = createRequire(import.meta.url)('opentok') as new (
  key: string,
  secret: string,
) => { generateToken(session: string, options: object, t1: boolean): string };
const sdk = new OpenTok(ours.id, ours.secret);
const DAY_MS = 86_400_000;

function verify(token: string, options: { now?: number; session?: SessionId; project?: OpentokProject } = {}) {
  return verifyParticipantToken(token, options.project ?? ours, options.session ?? session, options.now ?? Date.now());
}

function refusal(token: string, options: Parameters<typeof verify>[1] = {}): string {
  try {
    verify(token, options);
  } catch (error) {
    if (isCrosspointError(error)) return error.code;
    throw error;
  }
  return 'accepted';
}

function claims(extra: Record<string, unknown> = {}): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: ours.id,
    ist: 'project',
    iat: now,
    exp: now + 60,
    scope: 'session.connect',
    session_id: session,
    ...extra,
  };
}

const forged = (extra: Record<string, unknown>, secret = ours.secret) => jwt.sign(claims(extra), secret);

function t1(data: string, secret = ours.secret, partner: string = ours.id): string {
  const signature = createHmac('sha1', secret).update(data).digest('hex');
  return `T1==${Buffer.from(`partner_id=${partner}&sig=${signature}:${data}`).toString('base64')}`;
}

/** The two kinds of token that the official SDK makes. */
const kinds: [name: string, legacy: boolean][] = [
  ['JWT', false],
  ['T1', true],
];

for (const [name, legacy] of kinds) {
  const generate = (options: Record<string, unknown> = {}) => sdk.generateToken(session, options, legacy);

  test(`a ${name} token of the SDK is accepted with its role and data`, () => {
    assert.equal(verify(generate()), { role: 'publisher', data: '' });
    for (const role of ['publisher', 'subscriber', 'moderator']) assert.is(verify(generate({ role })).role, role);
    const data = 'name=Zoë & co: 100% =+~';
    assert.is(verify(generate({ data })).data, data);
  });

  test(`an expired ${name} token is refused`, () => {
    assert.is(refusal(generate(), { now: Date.now() + DAY_MS - 5000 }), 'accepted');
    assert.is(refusal(generate(), { now: Date.now() + DAY_MS + 2000 }), 'session.token-expired');
  });

  test(`a ${name} token for another session is refused`, () => {
    assert.is(refusal(generate(), { session: createSessionId(ours.id, '', 1) }), 'session.token-invalid');
  });

  test(`a ${name} token of another project is refused`, () => {
    assert.is(refusal(generate(), { project: theirs }), 'session.token-foreign');
    assert.is(refusal(generate(), { project: { ...ours, secret: theirs.secret } }), 'session.token-invalid');
  });

  test(`a ${name} token that was changed anywhere is refused`, () => {
    const token = generate();
    for (let i = 0; i < token.length; i += 7) {
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      // The last letters of base64 may hold unused bits: a change that decodes to the same bytes is no change.
      if (Buffer.from(changed.slice(4), 'base64').equals(Buffer.from(token.slice(4), 'base64')) && i >= 4) continue;
      assert.is.not(refusal(changed), 'accepted', `${i}: ${changed}`);
    }
  });
}

test('a project credential is no participant token', () => {
  const { scope: _, session_id: __, ...rest } = claims();
  assert.is(refusal(jwt.sign(rest, ours.secret)), 'session.token-invalid');
  assert.is(refusal(jwt.sign({ ...rest, session_id: session }, ours.secret)), 'session.token-invalid');
  assert.is(refusal(forged({ ist: 'account' })), 'session.token-invalid');
});

test('only HS256 is believed, whatever a token says of itself', () => {
  assert.is(refusal(jwt.sign(claims(), ours.secret, { algorithm: 'HS256' })), 'accepted');
  assert.is(refusal(jwt.sign(claims(), ours.secret, { algorithm: 'HS512' })), 'session.token-invalid');
  assert.is(refusal(jwt.sign(claims(), '', { algorithm: 'none' })), 'session.token-invalid');
  assert.is(refusal(forged({}, 'guess')), 'session.token-invalid');
});

test('a project key written as a number is the same key', () => {
  assert.is(refusal(forged({ iss: Number(ours.id) })), 'accepted');
});

test('a token without an end, of an unknown role or with too much data is refused', () => {
  const { exp: _, ...endless } = claims();
  assert.is(refusal(jwt.sign(endless, ours.secret)), 'session.token-invalid');
  assert.is(refusal(forged({ role: 'owner' })), 'session.token-invalid');
  assert.is(refusal(forged({ role: 'publisheronly' })), 'accepted');
  assert.is(refusal(forged({ connection_data: 'x'.repeat(1024) })), 'accepted');
  assert.is(refusal(forged({ connection_data: 'x'.repeat(1025) })), 'session.token-invalid');
  assert.is(refusal(forged({ connection_data: { a: 1 } })), 'session.token-invalid');
});

test('a T1 token without expire_time lives for a day', () => {
  const created = Math.floor(Date.now() / 1000);
  const token = t1(`session_id=${session}&create_time=${created}&nonce=1&role=publisher`);
  assert.is(refusal(token, { now: (created + 86_000) * 1000 }), 'accepted');
  assert.is(refusal(token, { now: (created + 86_401) * 1000 }), 'session.token-expired');
  assert.is(refusal(t1(`session_id=${session}`)), 'session.token-invalid');
  assert.is(refusal(t1(`session_id=${session}&expire_time=never`)), 'session.token-invalid');
});

test('the T1 signature covers the data as it was sent', () => {
  const end = Math.floor(Date.now() / 1000) + 60;
  assert.is(refusal(t1(`session_id=${session}&expire_time=${end}&connection_data=a%3Ab`)), 'accepted');
  const data = `session_id=${session}&expire_time=${end}`;
  for (const signature of ['', 'zz', 'a'.repeat(40), createHmac('sha1', 'guess').update(data).digest('hex')])
    assert.is(
      refusal(`T1==${Buffer.from(`partner_id=${ours.id}&sig=${signature}:${data}`).toString('base64')}`),
      'session.token-invalid',
    );
});

test('garbage is refused', () => {
  for (const token of [
    '',
    'x',
    'a.b.c',
    '..',
    'T1==',
    'T1==%%%',
    t1('').slice(0, 20),
    'e30.e30.e30',
    'x'.repeat(100_000),
  ])
    assert.is(refusal(token), 'session.token-invalid', token.slice(0, 40));
});

test('no refusal repeats the token', () => {
  const token = forged({ role: 'hunter2-role' });
  assert.throws(
    () => verify(token),
    (error: Error) => !error.message.includes('hunter2') && !error.message.includes(token.slice(0, 20)),
  );
});

test.run();
