import { createHash } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['webhooks'] });
const auth = { username: 'ali"ce', password: 'open: sesame' };
const NONCE = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';

const hash = (algorithm: string, text: string) =>
  createHash(algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
    .update(text)
    .digest('hex');

interface Challenge {
  readonly status: 401 | 407;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly qop: boolean;
}

function challengeHeader({ status, algorithm, qop }: Challenge): string {
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  return `${name}: Digest realm="the pbx", nonce="${NONCE}", algorithm=${algorithm}, opaque="5ccc"${qop ? ', qop="auth"' : ''}`;
}

/** The parameters of a Digest header, unquoted. */
function parametersOf(header: string): Map<string, string> {
  return new Map(
    [...header.matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)].map(([, name, quoted, plain]) => [
      (name ?? '').toLowerCase(),
      (quoted ?? plain ?? '').replace(/\\(.)/g, '$1'),
    ]),
  );
}

/** What the response must be (RFC 7616 §3.4.1), computed apart from the product. */
function expected(given: Map<string, string>, algorithm: string): string {
  const of = (name: string) => given.get(name) ?? '';
  const a1 = hash(algorithm, `${auth.username}:the pbx:${auth.password}`);
  const a2 = hash(algorithm, `INVITE:${of('uri')}`);
  return given.has('qop')
    ? hash(algorithm, [a1, NONCE, of('nc'), of('cnonce'), of('qop'), a2].join(':'))
    : hash(algorithm, [a1, NONCE, a2].join(':'));
}

async function dialled(phone: Phone, options: Record<string, unknown>) {
  const { application } = rig.box;
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri, options);
  return { connectionId, hangUp: () => application.hangUp(session, connectionId) };
}

const challenges: Challenge[] = [
  { status: 401, algorithm: 'MD5', qop: true },
  { status: 401, algorithm: 'MD5', qop: false },
  { status: 407, algorithm: 'MD5', qop: true },
  { status: 401, algorithm: 'SHA-256', qop: true },
  { status: 407, algorithm: 'SHA-256', qop: true },
];

for (const challenge of challenges) {
  const { status, algorithm, qop } = challenge;
  rig.test(
    `a ${status} with ${algorithm}${qop ? '' : ', without qop,'} is answered with the right digest`,
    async () => {
      const keys = { challenge_status: status, challenge: challengeHeader(challenge) };
      const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge', keys });
      const { connectionId, hangUp } = await dialled(phone, { auth });
      await phone.sip.logged('ANSWERED');
      const [first, second] = phone.sip.requests('INVITE');
      const name = status === 401 ? 'Authorization' : 'Proxy-Authorization';
      const given = parametersOf(new RegExp(`^${name}: *Digest (.*)$`, 'm').exec(second ?? '')?.[1] ?? '');
      assert.is(given.get('username'), auth.username);
      assert.is(given.get('nonce'), NONCE);
      assert.is(given.get('opaque'), '5ccc');
      assert.is(given.has('qop'), qop);
      assert.is(given.get('response'), expected(given, algorithm));
      assert.is(given.get('uri'), second?.split(' ')[1]);
      const cseq = (message = '') => Number(/^CSeq: *(\d+)/im.exec(message)?.[1]);
      assert.is(cseq(second), cseq(first) + 1);
      await hangUp();
      assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 700');
    },
  );
}

rig.test('a second challenge with the same nonce ends the call with that code', async () => {
  const keys = { challenge_status: 401, challenge: challengeHeader({ status: 401, algorithm: 'MD5', qop: true }) };
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
