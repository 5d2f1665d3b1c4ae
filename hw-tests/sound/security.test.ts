import { randomBytes } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type CryptoLine, formatCrypto, newCrypto, parseCrypto } from '../../firmware/sdp/crypto-line.ts';
import { SrtpPackets } from '../../firmware/trunks/trunk-test/srtp-packets.ts';
import type { SrtpSuite } from '../../pipelines/protocol/leg-media.ts';
import { SRTP_SUITES } from '../../pipelines/protocol/srtp-suites.ts';
import { Baresip } from '../rig/baresip.ts';
import type { LiveCall } from '../rig/box.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import type { Heard } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { DocumentedLinphone } from '../trunk-docs/documented-linphone.ts';

const LINPHONE_SUITES: SrtpSuite[] = [
  'AES_256_CM_HMAC_SHA1_80',
  'AES_256_CM_HMAC_SHA1_32',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
];

interface RealPhone {
  readonly name: string;
  /** Whom it takes itself for. */
  readonly user: string;
  readonly answers: readonly SrtpSuite[];
  /** It offers one at a time. */
  readonly calls: readonly SrtpSuite[];
  start(
    suite: SrtpSuite,
    at: { host: string; port: number },
  ): Promise<{ dial(uri: string): unknown; hangUp(): unknown; heard(): Promise<Heard> }>;
}

const realPhones: RealPhone[] = [
  {
    name: 'baresip',
    user: 'baresip',
    answers: ['AEAD_AES_256_GCM', 'AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'],
    calls: ['AES_CM_128_HMAC_SHA1_80'],
    start: async (_, { host, port }) => {
      const phone = rig.keep(await Baresip.start({ frequencyHz: 500, host, port, secured: true }));
      return {
        dial: uri => phone.dial(uri),
        hangUp: () => phone.hangUp(),
        heard: async () => {
          await until('the end of the recording', () => phone.output().includes('terminated'));
          return phone.heard();
        },
      };
    },
  },
  {
    name: 'Linphone',
    user: 'linphone',
    answers: LINPHONE_SUITES,
    calls: LINPHONE_SUITES,
    start: async (suite, at) => {
      const settings = `[sip]\nuse_ipv6=0\nipv6_migration_done=1\nmedia_encryption=srtp\nmedia_encryption_mandatory=1\nsrtp_crypto_suites=${suite}\n`;
      return rig.keep(await DocumentedLinphone.start(settings, 500, at));
    },
  },
];

/** A test's name and body. */
type Case = readonly [string, () => Promise<void>];

/** What each of them does with each suite; they do it beside each other, so each has a trunk and a number of its own. */
const uses = realPhones.flatMap(phone =>
  (['answers', 'calls'] as const).flatMap(way =>
    phone[way].map(suite => ({
      phone,
      way,
      suite,
      trunk: trunkOf(`${phone.user}-${way[0]}-${suite.replace('HMAC_SHA1_', '')}`),
    })),
  ),
);

/** A trunk for each use, and one for whatever the far end can: the far end of each has an address of its own. */
const peers = await Promise.all(
  [{ trunk: 'any' }, { trunk: 'opportunist' }, ...uses].map(async (use, index) => {
    const host = `127.0.0.${11 + index}`;
    return { ...use, host, port: await freePort(host), echo: String(600 + index) };
  }),
);
const trunks = peers.map(({ trunk, host, port, ...use }) => ({
  name: trunk,
  targets: [`sip:${host}:${port};transport=udp`],
  sources: [host],
  optionsSeconds: 0,
  codecs: ['PCMU'],
  media: trunk === 'opportunist' ? 'prefer-srtp' : 'srtp',
  ...('suite' in use && { srtpSuites: [use.suite] }),
}));

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: { config: { trunks, numbers: peers.map(({ echo }) => ({ number: echo, to: { builtin: 'echo' } })) } },
});

function trunkOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

function peerOf(name: string) {
  const peer = peers.find(({ trunk }) => trunk === name);
  if (!peer) throw new Error(`no peer ${name}`);
  return peer;
}

/** What the keys make of a phone's media. */
function securedBy(own: CryptoLine, theirs: CryptoLine) {
  const [send, receive] = [new SrtpPackets(withoutNull(own)), new SrtpPackets(withoutNull(theirs))];
  return {
    protect: (packet: Buffer) => send.protect(packet),
    unprotect: (packet: Buffer) => receive.unprotect(packet),
  };
}

function withoutNull({ suite, key, mki }: CryptoLine) {
  return { suite, key, ...(mki && { mki }) };
}

const cryptoIn = (message: string) =>
  [...message.matchAll(/^a=crypto:(.*)$/gm)].flatMap(([, value = '']) => parseCrypto(value) ?? []);

const fourSeconds = (isMine: (call: LiveCall) => boolean) =>
  until(
    'four seconds of the calls',
    async () => {
      const legs = (await rig.box.calls()).filter(isMine).flatMap(({ media }) => media);
      return legs.length > 0 && legs.every(leg => (leg?.received.packets ?? 0) > 200);
    },
    { limitMs: 20_000, everyMs: 100, state: () => rig.box.calls() },
  );

async function isCalled({ phone: { user, start }, suite, trunk }: (typeof uses)[number]): Promise<void> {
  const { application } = rig.box;
  const phone = await start(suite, peerOf(trunk));
  const other = await startPhone(rig, { frequencyHz: 1100 });
  const session = await application.createSession();
  const calls = [await application.dial(session, `sip:${user}@${trunk}`), await application.dial(session, other.uri)];
  for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
  hearsExactly(await other.media.listen(3), [500], 1100);
  await fourSeconds(({ connectionId }) => calls.some(call => call.connectionId === connectionId));
  for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  hearsExactly(await phone.heard(), [1100], 500);
}

async function calls({ phone: { start }, suite, trunk }: (typeof uses)[number]): Promise<void> {
  const phone = await start(suite, peerOf(trunk));
  const { echo } = peerOf(trunk);
  const { host, port } = rig.box.sipAddress;
  await phone.dial(`sip:${echo}@${host}:${port}`);
  await fourSeconds(({ to }) => to === echo);
  await phone.hangUp();
  hearsExactly(await phone.heard(), [500], 1100);
}

rig.together(
  3,
  uses.map(use => [
    `${use.phone.name} ${use.way} with ${use.suite}, and ${use.way === 'answers' ? 'hears and is heard' : 'hears itself'}`,
    () => (use.way === 'answers' ? isCalled(use) : calls(use)),
  ]),
);

const identified = SRTP_SUITES.map(
  (suite): Case => [
    `a phone calls with ${suite} and an identifier of its key, and hears itself`,
    async () => {
      const own: CryptoLine = { ...newCrypto(7, suite, randomBytes), mki: { value: 258, bytes: 2 } };
      const phone = await SteeredPhone.calling(rig, rig.box, peerOf('any').echo, {
        frequencyHz: 500,
        host: peerOf('any').host,
        offer: { profile: 'RTP/SAVP', lines: [`a=crypto:${formatCrypto(own)}`] },
      });
      await phone.next('ANSWERED');
      const [theirs] = cryptoIn(phone.response('INVITE'));
      assert.equal([theirs?.tag, theirs?.suite, theirs?.mki], [7, suite, { value: 1, bytes: 2 }]);
      phone.media.secured = securedBy(own, theirs as CryptoLine);
      hearsExactly(await phone.media.listen(3), [500], 1100);
      await phone.leave();
    },
  ],
);

const offered: Case = [
  'all suites are offered in one line, and the one that is answered is spoken',
  async () => {
    const { application } = rig.box;
    const { host, port } = peerOf('any');
    const phone = await SteeredPhone.listening(rig, { frequencyHz: 500, host, port });
    const other = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const calls = [await application.dial(session, 'sip:phone@any'), await application.dial(session, other.uri)];
    const invite = await phone.invited();
    const offered = cryptoIn(invite);
    assert.equal(
      offered.map(({ suite }) => suite),
      SRTP_SUITES,
    );
    assert.match(invite, /^m=audio \d+ RTP\/SAVP /m);
    const theirs = offered.find(({ suite }) => suite === 'AES_256_CM_HMAC_SHA1_80') as CryptoLine;
    const own = newCrypto(theirs.tag, theirs.suite, randomBytes);
    phone.media.secured = securedBy(own, theirs);
    await phone.answer({ profile: 'RTP/SAVP', lines: [`a=crypto:${formatCrypto(own)}`] });
    for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
    hearsExactly(await other.media.listen(2), [500], 1100);
    hearsExactly(await phone.media.listen(2), [1100], 500);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  },
];

const preferred: Case = [
  'where SRTP is preferred, a phone that knows nothing of it speaks in the clear',
  async () => {
    const { application } = rig.box;
    const { host, port } = peerOf('opportunist');
    const phone = await SteeredPhone.listening(rig, { frequencyHz: 500, host, port });
    const other = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const calls = [
      await application.dial(session, 'sip:phone@opportunist'),
      await application.dial(session, other.uri),
    ];
    // RFC 8643 §3.1.
    assert.match(await phone.invited(), /^m=audio \d+ RTP\/AVP [\s\S]*^a=crypto:/m);
    await phone.answer();
    for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
    hearsExactly(await other.media.listen(2), [500], 1100);
    hearsExactly(await phone.media.listen(2), [1100], 500);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  },
];

const chosen: Case = [
  'of a secured and a plain line the secured one is taken, the other refused',
  async () => {
    const own = newCrypto(1, 'AEAD_AES_256_GCM', randomBytes);
    const phone = await SteeredPhone.calling(rig, rig.box, peerOf('any').echo, {
      frequencyHz: 500,
      host: peerOf('opportunist').host,
      offer: { profile: 'RTP/SAVP', lines: [`a=crypto:${formatCrypto(own)}`, 'm=audio 9 RTP/AVP 0'] },
    });
    await phone.next('ANSWERED');
    const answer = phone.response('INVITE');
    assert.equal(
      [...answer.matchAll(/^m=audio (\d+) (\S+)/gm)].map(([, at, profile]) => [at === '0', profile]),
      [
        [false, 'RTP/SAVP'],
        [true, 'RTP/AVP'],
      ],
    );
    phone.media.secured = securedBy(own, cryptoIn(answer)[0] as CryptoLine);
    hearsExactly(await phone.media.listen(3), [500], 1100);
    await phone.leave();
  },
];

// Each with a far end of its own.
rig.together(4, [offered, preferred, chosen, ...identified]);

for (const name of ['any', 'opportunist']) {
  rig.test(`a dial that says secure does not fall back to plain RTP on the trunk "${name}"`, async () => {
    const { application } = rig.box;
    const { host, port } = peerOf(name);
    const phone = await SteeredPhone.listening(rig, { frequencyHz: 500, host, port });
    const session = await application.createSession();
    const { connectionId } = await application.dial(session, `sip:phone@${name}`, { secure: true });
    assert.match(await phone.invited(), /^m=audio \d+ RTP\/SAVP /m);
    await phone.answer();
    await rig.webhook.state(connectionId, 'HANGUP');
    assert.is(phone.media.received, 0, 'nothing was said to it');
    await rig.box.idle();
  });
}

rig.run();
