import * as assert from 'uvu/assert';
import { type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';
import { type Algorithm, ANSWER, ASK, digestsIn, rightResponse } from './digest-by-hand.ts';

const rig = new Rig({ needs: ['webhooks'] });
const auth = { username: 'ali"ce', password: 'open: sesame' };
const NONCE = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';

interface Challenge {
  readonly status: 401 | 407;
  readonly algorithm: Algorithm;
  readonly qop: 'auth' | 'auth-int' | null;
  readonly nonce?: string;
  readonly stale?: boolean;
}

function challengeHeader({ status, algorithm, qop, nonce = NONCE, stale }: Challenge): string {
  const more = `${qop ? `, qop="${qop}"` : ''}${stale ? ', stale=TRUE' : ''}`;
  return `${ASK[status]}: Digest realm="the pbx", nonce="${nonce}", algorithm=${algorithm}, opaque="5ccc"${more}`;
}

/** Lines of one SIPp message: they take its indent. */
const lines = (...headers: string[]) => headers.join('\n      ');

async function dialled(phone: Phone, options: Record<string, unknown>) {
  const { application } = rig.box;
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri, options);
  return { connectionId, hangUp: () => application.hangUp(session, connectionId) };
}

/** The last INVITE of a phone, all of whose credentials must be right. */
function signedInvite(phone: Phone): string {
  const invite = phone.sip.requests('INVITE').at(-1) ?? '';
  for (const given of [...digestsIn(invite, ANSWER[401]), ...digestsIn(invite, ANSWER[407])])
    assert.is(given.get('response'), rightResponse(given, invite, auth));
  return invite;
}

const challenges: Challenge[] = [
  { status: 401, algorithm: 'MD5', qop: 'auth' },
  { status: 401, algorithm: 'MD5', qop: null },
  { status: 407, algorithm: 'MD5', qop: 'auth' },
  { status: 401, algorithm: 'MD5', qop: 'auth-int' },
  { status: 401, algorithm: 'SHA-256', qop: 'auth' },
  { status: 407, algorithm: 'SHA-256', qop: 'auth' },
  { status: 407, algorithm: 'SHA-256', qop: 'auth-int' },
  { status: 401, algorithm: 'SHA-512-256', qop: 'auth' },
];

for (const challenge of challenges) {
  const { status, algorithm, qop } = challenge;
  rig.test(`a ${status} with ${algorithm} and ${qop ?? 'no'} qop is answered with the right digest`, async () => {
    const keys = { challenge_status: status, challenge: challengeHeader(challenge) };
    const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge', keys });
    const { connectionId, hangUp } = await dialled(phone, { auth });
    await phone.sip.logged('ANSWERED');
    const [first] = phone.sip.requests('INVITE');
    const second = signedInvite(phone);
    const [given = new Map<string, string>()] = digestsIn(second, ANSWER[status]);
    assert.is(given.get('username'), auth.username);
    assert.is(given.get('nonce'), NONCE);
    assert.is(given.get('opaque'), '5ccc');
    assert.is(given.get('algorithm'), algorithm);
    assert.is(given.get('qop'), qop ?? undefined);
    assert.is(given.get('uri'), second.split(' ')[1]);
    const cseq = (message = '') => Number(/^CSeq: *(\d+)/im.exec(message)?.[1]);
    assert.is(cseq(second), cseq(first) + 1);
    await hangUp();
    assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 700');
  });
}

rig.test('what follows in the call uses the same nonce, each request with the next count', async () => {
  const keys = {
    challenge_status: 407,
    challenge: challengeHeader({ status: 407, algorithm: 'SHA-256', qop: 'auth' }),
  };
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge', keys });
  const { hangUp } = await dialled(phone, { auth });
  await phone.sip.logged('ANSWERED');
  await hangUp();
  await phone.sip.logged('ENDED');
  const countIn = (message: string) => digestsIn(message, ANSWER[407]).map(given => given.get('nc'));
  const [bye = ''] = phone.sip.requests('BYE');
  assert.equal(countIn(signedInvite(phone)), ['00000001']);
  // RFC 3261 §22.1: the ACK of a 2xx has what its INVITE had; it uses no count of its own.
  assert.equal(countIn(phone.sip.requests('ACK').at(-1) ?? ''), ['00000001']);
  assert.equal(countIn(bye), ['00000002']);
  const [given = new Map<string, string>()] = digestsIn(bye, ANSWER[407]);
  assert.is(given.get('response'), rightResponse(given, bye, auth));
});

rig.test('of several challenges of one realm the strongest is answered, and no other', async () => {
  const offered: Algorithm[] = ['MD5', 'SHA-512-256', 'SHA-256'];
  const challenge = lines(...offered.map(algorithm => challengeHeader({ status: 401, algorithm, qop: 'auth' })));
  const phone = await startPhone(rig, {
    frequencyHz: 400,
    scenario: 'challenge',
    keys: { challenge_status: 401, challenge },
  });
  const { hangUp } = await dialled(phone, { auth });
  await phone.sip.logged('ANSWERED');
  const given = digestsIn(signedInvite(phone), ANSWER[401]);
  assert.equal(
    given.map(each => each.get('algorithm')),
    ['SHA-512-256'],
  );
  await hangUp();
  await phone.sip.logged('ENDED');
});

rig.test('a nonce that has become stale is replaced by the new one', async () => {
  const base = { status: 401, algorithm: 'SHA-256', qop: 'auth' } as const;
  const keys = {
    challenge_status: 401,
    challenge: challengeHeader(base),
    next_status: 401,
    next_challenge: challengeHeader({ ...base, nonce: 'fresh', stale: true }),
  };
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge-twice', keys });
  const { hangUp } = await dialled(phone, { auth });
  await phone.sip.logged('ANSWERED');
  const [given = new Map<string, string>()] = digestsIn(signedInvite(phone), ANSWER[401]);
  assert.equal([given.get('nonce'), given.get('nc')], ['fresh', '00000001']);
  await hangUp();
  await phone.sip.logged('ENDED');
});

rig.test('a proxy (407) and then the server behind it (401) both get what they want, in one call', async () => {
  const keys = {
    challenge_status: 407,
    challenge: 'Proxy-Authenticate: Digest realm="edge", nonce="e1", algorithm=MD5, qop="auth"',
    next_status: 401,
    next_challenge: challengeHeader({ status: 401, algorithm: 'SHA-256', qop: 'auth' }),
  };
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge-twice', keys });
  const { hangUp } = await dialled(phone, { auth });
  await phone.sip.logged('ANSWERED');
  const invite = signedInvite(phone);
  const realms = [407, 401] as const;
  assert.equal(
    realms.map(status => digestsIn(invite, ANSWER[status]).map(each => [each.get('realm'), each.get('nc')])),
    [[['edge', '00000002']], [['the pbx', '00000001']]],
  );
  await hangUp();
  await phone.sip.logged('ENDED');
});

rig.test('a second challenge with the same nonce ends the call with that code', async () => {
  const keys = { challenge_status: 401, challenge: challengeHeader({ status: 401, algorithm: 'MD5', qop: 'auth' }) };
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge-again', keys });
  const { connectionId } = await dialled(phone, { auth });
  assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 401');
  await phone.sip.logged('REFUSED');
  assert.is(phone.sip.requests('INVITE').length, 2);
});

rig.test('without credentials a challenge is the end', async () => {
  const keys = { status: 407, phrase: 'Proxy Authentication Required' };
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'reject', keys });
  const { connectionId } = await dialled(phone, {});
  assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 407');
  assert.is(phone.sip.requests('INVITE').length, 1);
});

rig.test('the password is in no log and no event', () => {
  assert.not.match(JSON.stringify(rig.webhook.received), auth.password);
  assert.not.match(rig.ownIfAny?.log() ?? '', auth.password);
});

rig.run();
