import * as assert from 'uvu/assert';
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

const peers = await Promise.all(
  CODECS.map(async ([name], index) => {
    const host = `127.0.0.${31 + index}`;
    return { name, trunk: name.toLowerCase(), host, port: await freePort(host) };
  }),
);

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
      numbers: [{ number: '600', to: { builtin: 'echo' } }],
    },
  },
});

function peerOf(name: CodecName) {
  const peer = peers.find(each => each.name === name);
  if (!peer) throw new Error(`no peer ${name}`);
  return peer;
}

/**
 * In Linphone's own recordings of Speex there are bursts now and then: what the box takes from it has none, and what the box
 * sends is decoded without any by the plugin's matrix of codecs.
 */
function heardByLinphone(name: CodecName, heard: Heard, frequencyHz: number, own: number): void {
  if (name === 'speex') assert.ok(heard.atLeast(frequencyHz) >= SOFTEST_DBOV);
  else hearsExactly(heard, [frequencyHz], own, SOFTEST_DBOV);
}

const linphone = async (name: CodecName) => rig.keep(await DocumentedLinphone.start(SETTINGS, 500, peerOf(name)));

const fourSeconds = () =>
  until(
    'four seconds of the calls',
    async () => {
      const legs = (await rig.box.calls()).flatMap(({ media }) => media);
      return legs.length > 0 && legs.every(leg => (leg?.openMs ?? 0) > 5_000 && (leg?.received.packets ?? 0) > 60);
    },
    { limitMs: 20_000, state: () => rig.box.calls() },
  );

for (const [name, spoken] of CODECS) {
  rig.test(`Linphone answers with ${spoken}, and hears and is heard`, async () => {
    const { application } = rig.box;
    const phone = await linphone(name);
    const other = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const calls = [
      await application.dial(session, `sip:linphone@${peerOf(name).trunk}`),
      await application.dial(session, other.uri),
    ];
    for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
    hearsExactly(await other.media.listen(3), [500], 1100, SOFTEST_DBOV);
    await fourSeconds();
    const live = await rig.box.callOf(calls[0]?.connectionId ?? '');
    assert.is(live?.codecs[0]?.sends, spoken);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
    heardByLinphone(name, await phone.heard(), 1100, 500);
    await rig.box.idle();
  });

  rig.test(`Linphone calls with ${spoken}, and hears its echo`, async () => {
    const phone = await linphone(name);
    const { host, port } = rig.box.sipAddress;
    phone.dial(`sip:600@${host}:${port}`);
    await fourSeconds();
    assert.is((await rig.box.calls())[0]?.codecs[0]?.sends, spoken);
    phone.hangUp();
    heardByLinphone(name, await phone.heard(), 500, 1100);
    await rig.box.idle();
  });
}

rig.run();
