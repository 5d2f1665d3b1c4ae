import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { callBox } from '../rig/phones.ts';
import { newBranch, newCallId, RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { type Algorithm, digestsIn, type Login, rightResponse } from './digest-by-hand.ts';

const login = { username: 'pbx', password: 'open:sesame' };
const ALGORITHMS: Algorithm[] = ['MD5', 'SHA-256', 'SHA-512-256'];
const TONE_HZ = 440;

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      // No address is trusted: a password alone lets a peer in.
      builtinNumbers: { allowFrom: [] },
      sip: { digestAlgorithms: ALGORITHMS },
      trunks: [{ name: 'pbx', login, registrations: true, optionsSeconds: 0 }],
      numbers: [{ number: '500', to: { builtin: 'tone' } }],
    },
  },
});

interface Change {
  readonly as?: Login;
  readonly algorithm?: Algorithm;
  readonly nc?: number;
  readonly qop?: 'auth' | 'auth-int';
  readonly method?: string;
  /** What was signed, where it is not what is asked. */
  readonly signedUri?: string;
}

/** A peer that signs by hand, so that it can do so wrongly. */
class Signer {
  readonly #raw: RawSip;

  static async open(): Promise<Signer> {
    return new Signer(rig.keep(await RawSip.open(rig.box.sipAddress)));
  }

  private constructor(raw: RawSip) {
    this.#raw = raw;
  }

  /** Sends that text and resolves with the final answer to it. */
  async ask(text: string): Promise<string> {
    const before = this.#raw.received.length;
    this.#raw.send(text);
    return await until('the answer of the box', () =>
      this.#raw.received.slice(before).find(each => /^SIP\/2\.0 [2-6]/.test(each)),
    );
  }

  unsigned(method = 'REGISTER'): string {
    return this.#raw.request(method, 'pbx', { branch: newBranch(), callId: newCallId() });
  }

  async nonce(): Promise<string> {
    return digestsIn(await this.ask(this.unsigned()), 'WWW-Authenticate')[0]?.get('nonce') ?? '';
  }

  /** A new request with credentials for that nonce. */
  signed(nonce: string, change: Change = {}): string {
    const { as = login, algorithm = 'SHA-256', nc = 1, qop = 'auth', method } = change;
    const plain = this.unsigned(method);
    const given = new Map(
      Object.entries({
        username: as.username,
        realm: 'crosspoint',
        nonce,
        uri: change.signedUri ?? plain.split(' ')[1] ?? '',
        algorithm,
        qop,
        nc: nc.toString(16).padStart(8, '0'),
        cnonce: 'c0ffee',
      }),
    );
    given.set('response', rightResponse(given, plain, as));
    const value = [...given].map(([name, text]) => `${name}="${text}"`).join(', ');
    return plain.replace('\r\nMax-Forwards', `\r\nAuthorization: Digest ${value}\r\nMax-Forwards`);
  }
}

const statusOf = (answer: string) => Number(answer.split(' ')[1]);
const isStale = (answer: string) => digestsIn(answer, 'WWW-Authenticate').map(each => each.get('stale'));

rig.test('SIPp calls with its password and hears the tone', async () => {
  const phone = await callBox(rig, rig.box, '500', {
    frequencyHz: 1100,
    scenario: 'call-with-password',
    keys: { ...login, hold_ms: 2_500 },
  });
  hearsExactly(await phone.media.listen(1), [TONE_HZ], 1100);
  await phone.sip.succeeded();
  await rig.box.idle();
});

rig.test('SIPp with another password is refused, and rings nobody', async () => {
  const phone = await callBox(rig, rig.box, '500', {
    frequencyHz: 1100,
    scenario: 'call-with-password',
    keys: { ...login, password: 'wrong' },
  });
  await until('the refusal', () =>
    phone.sip.messages().some(({ sent, text }) => !sent && /^SIP\/2\.0 403 /.test(text)),
  );
  assert.equal(await rig.box.calls(), []);
});

rig.test('a peer is asked once for each algorithm, best first, with one nonce', async () => {
  const peer = await Signer.open();
  const asked = digestsIn(await peer.ask(peer.unsigned()), 'WWW-Authenticate');
  assert.equal(
    asked.map(each => each.get('algorithm')),
    ALGORITHMS,
  );
  assert.is(new Set(asked.map(each => each.get('nonce'))).size, 1);
  assert.ok(asked.every(each => each.get('qop') === 'auth' && !each.has('stale')));
});

for (const algorithm of ALGORITHMS) {
  rig.test(`${algorithm} is believed`, async () => {
    const peer = await Signer.open();
    assert.is(statusOf(await peer.ask(peer.signed(await peer.nonce(), { algorithm }))), 200);
  });
}

rig.test('a body that is signed too is believed', async () => {
  const peer = await Signer.open();
  assert.is(statusOf(await peer.ask(peer.signed(await peer.nonce(), { qop: 'auth-int' }))), 200);
});

rig.test('whoever overhears credentials cannot use them again; their owner can, with the next count', async () => {
  const peer = await Signer.open();
  const nonce = await peer.nonce();
  const good = peer.signed(nonce);
  assert.is(statusOf(await peer.ask(good)), 200);
  // The same datagram is a retransmission: the same answer, no second look at its credentials.
  assert.is(statusOf(await peer.ask(good)), 200);
  const thief = await Signer.open();
  const replayed = await thief.ask(good.replace(/branch=[^;]+/, `branch=${newBranch()}`).replace(/^Call-ID: /m, '$&x'));
  assert.is(statusOf(replayed), 401);
  assert.equal(isStale(replayed), ['true', 'true', 'true']);
  assert.is(statusOf(await peer.ask(peer.signed(nonce, { nc: 2 }))), 200);
  const again = await peer.ask(peer.signed(nonce, { nc: 2 }));
  assert.equal([statusOf(again), isStale(again)[0]], [401, 'true']);
});

rig.test('a nonce that is none of ours is stale to who knows the password, and refused to others', async () => {
  const peer = await Signer.open();
  const answer = await peer.ask(peer.signed('made-up'));
  assert.equal([statusOf(answer), isStale(answer)[0]], [401, 'true']);
  assert.is(statusOf(await peer.ask(peer.signed('made-up', { as: { ...login, password: 'wrong' } }))), 403);
});

rig.test('a wrong password and an unknown name are told the same', async () => {
  const peer = await Signer.open();
  const nonce = await peer.nonce();
  const told = async (as: Login) =>
    (await peer.ask(peer.signed(nonce, { as }))).replaceAll(/branch=\S+|tag=\S+|Call-ID: \S+/g, '');
  const wrong = await told({ ...login, password: 'wrong' });
  assert.is(statusOf(wrong), 403);
  assert.is(await told({ username: 'nobody', password: login.password }), wrong);
});

rig.test('credentials for another method or another number are worth nothing', async () => {
  const peer = await Signer.open();
  const nonce = await peer.nonce();
  const register = peer.signed(nonce);
  assert.is(statusOf(await peer.ask(register.replaceAll('REGISTER', 'MESSAGE'))), 403);
  assert.is(statusOf(await peer.ask(peer.signed(nonce, { signedUri: 'sip:cheap@127.0.0.1' }))), 403);
});

rig.test('the password is in no log', () => assert.not.match(rig.own.log(), login.password));

rig.run();
