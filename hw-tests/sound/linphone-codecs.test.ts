import * as assert from 'uvu/assert';
import type { LiveCall } from '../rig/box.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import type { Heard } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { DocumentedLinphone } from '../trunk-docs/documented-linphone.ts';

/** All that Linphone and the box both have: the trunk of each offers and takes nothing else. */
const CODECS = [
  ['opus', 'opus/48000'],
  ['G722', 'G722/8000'],
  ['PCMU', 'PCMU/8000'],
  ['PCMA', 'PCMA/8000'],
  ['speex', 'speex/16000'],
  ['G729', 'G729/8000'],
] as const;
type CodecName = (typeof CODECS)[number][0];

/** Linphone's G.722 takes 6 dB off what it says; that of baresip does not. */
const SOFTEST_DBOV = -24;

/** Linphone takes its codecs from its file; those that it has switched off by itself have to be switched on. */
const SETTINGS = `[sip]
use_ipv6=0
ipv6_migration_done=1
${CODECS.map(([, spoken], index) => {
  const [mime, rate] = spoken.split('/');
  return `\n[audio_codec_${index}]\nmime=${mime}\nrate=${rate}\nchannels=${mime === 'opus' ? 2 : 1}\nenabled=1`;
}).join('\n')}
`;

/** Its calls run beside each other, so each has a trunk and a number of its own. */
const uses = CODECS.flatMap(([name, spoken]) => (['answers', 'calls'] as const).map(way => ({ name, spoken, way })));
const peers = await Promise.all(
  uses.map(async (use, index) => {
    const host = `127.0.0.${31 + index}`;
    const trunk = `${use.name.toLowerCase()}-${use.way}`;
    return { ...use, trunk, host, port: await freePort(host), echo: String(600 + index) };
  }),
);
type Peer = (typeof peers)[number];

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      trunks: peers.map(({ name, trunk, host, port }) => ({
        name: trunk,
        targets: [`sip:${host}:${port};transport=udp`],
        sources: [host],
        optionsSeconds: 0,
        codecs: [name],
      })),
      numbers: peers.map(({ echo }) => ({ number: echo, to: { builtin: 'echo' } })),
    },
  },
});

/**
 * In Linphone's own recordings of Speex there are bursts now and then: what the box takes from it has none, and what the box
 * sends is decoded without any by the plugin's matrix of codecs.
 */
function heardByLinphone(name: CodecName, heard: Heard, frequencyHz: number, own: number): void {
  if (name === 'speex') assert.ok(heard.atLeast(frequencyHz) >= SOFTEST_DBOV);
  else hearsExactly(heard, [frequencyHz], own, SOFTEST_DBOV);
}

const linphone = async (peer: Peer) => rig.keep(await DocumentedLinphone.start(SETTINGS, 500, peer));

/** Of such calls; they are returned. */
async function fourSeconds(isMine: (call: LiveCall) => boolean): Promise<readonly LiveCall[]> {
  const mine = async () => (await rig.box.calls()).filter(isMine);
  await until(
    'four seconds of the calls',
    async () => {
      const legs = (await mine()).flatMap(({ media }) => media);
      return legs.length > 0 && legs.every(leg => (leg?.openMs ?? 0) > 5_000 && (leg?.received.packets ?? 0) > 60);
    },
    { limitMs: 20_000, everyMs: 100, state: () => rig.box.calls() },
  );
  return mine();
}

async function isCalled(peer: Peer): Promise<void> {
  const { application } = rig.box;
  const phone = await linphone(peer);
  const other = await startPhone(rig, { frequencyHz: 1100 });
  const session = await application.createSession();
  const calls = [
    await application.dial(session, `sip:linphone@${peer.trunk}`),
    await application.dial(session, other.uri),
  ];
  for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
  hearsExactly(await other.media.listen(3), [500], 1100, SOFTEST_DBOV);
  await fourSeconds(({ connectionId }) => calls.some(call => call.connectionId === connectionId));
  const live = await rig.box.callOf(calls[0]?.connectionId ?? '');
  assert.is(live?.codecs[0]?.sends, peer.spoken);
  for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  heardByLinphone(peer.name, await phone.heard(), 1100, 500);
}

async function calls(peer: Peer): Promise<void> {
  const phone = await linphone(peer);
  const { host, port } = rig.box.sipAddress;
  phone.dial(`sip:${peer.echo}@${host}:${port}`);
  const [live] = await fourSeconds(({ to }) => to === peer.echo);
  assert.is(live?.codecs[0]?.sends, peer.spoken);
  phone.hangUp();
  heardByLinphone(peer.name, await phone.heard(), 500, 1100);
}

rig.together(
  3,
  peers.map(peer => [
    `Linphone ${peer.way} with ${peer.spoken}, and hears ${peer.way === 'answers' ? 'and is heard' : 'its echo'}`,
    () => (peer.way === 'answers' ? isCalled(peer) : calls(peer)),
  ]),
);

rig.run();
