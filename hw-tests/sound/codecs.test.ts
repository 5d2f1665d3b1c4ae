import * as assert from 'uvu/assert';
import { Baresip, type BaresipCodec } from '../rig/baresip.ts';
import { hearsExactly, hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

// baresip is here to meet the box on this machine: its addresses are loopback.
const rig = new Rig({ needs: ['own', 'webhooks'], box: { codecs: ['opus', 'G722', 'PCMU', 'PCMA', 'L16'] } });

const OPUS: BaresipCodec = { module: 'opus', name: 'opus/48000/2', rate: 48_000, channels: 2 };
const G722: BaresipCodec = { module: 'g722', name: 'G722/16000/1', rate: 16_000, channels: 1 };
const PCMA: BaresipCodec = { module: 'g711', name: 'PCMA/8000/1', rate: 8000, channels: 1 };
const L16: BaresipCodec = { module: 'l16', name: 'L16/16000/1', rate: 16_000, channels: 1 };

/** A test's name and body. */
type Case = readonly [string, () => Promise<void>];

interface Pair {
  readonly phones: readonly [Baresip, Baresip];
  /** What the box says of each call's codec. */
  readonly decisions: readonly { readonly sends: string; readonly packetMs: number; readonly reason: string }[];
}

/** Two baresips in one session for some seconds; both have hung up afterwards. */
async function converse(one: Parameters<typeof Baresip.start>[0], two: typeof one): Promise<Pair> {
  const { application } = rig.box;
  const phones = [rig.keep(await Baresip.start(one)), rig.keep(await Baresip.start(two))] as const;
  const session = await application.createSession();
  const calls = [await application.dial(session, phones[0].uri), await application.dial(session, phones[1].uri)];
  for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
  const heardEnough = async () => {
    const figures = await Promise.all(calls.map(({ connectionId }) => rig.box.mediaOf(connectionId)));
    return figures.every(({ received, sent }) => received.packets > 200 && sent.packets > 200);
  };
  await until('four seconds together', heardEnough, { limitMs: 20_000 });
  const live = await Promise.all(calls.map(({ connectionId }) => rig.box.callOf(connectionId)));
  const decisions = live.flatMap(call => call?.codecs[0] ?? []);
  for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  for (const phone of phones) await until('the end of the recording', () => phone.output().includes('terminated'));
  return { phones, decisions };
}

const PAIRS: [BaresipCodec, BaresipCodec][] = [
  [OPUS, PCMA],
  [OPUS, G722],
  [G722, PCMA],
  [L16, G722],
  [OPUS, OPUS],
];

const pairs = PAIRS.map(
  ([one, two]): Case => [
    `baresip with ${one.name} and baresip with ${two.name} hear each other and not themselves`,
    async () => {
      const { phones, decisions } = await converse({ frequencyHz: 500, codec: one }, { frequencyHz: 1100, codec: two });
      hearsExactly(phones[0].heard(), [1100], 500);
      hearsExactly(phones[1].heard(), [500], 1100);
      const names = [one, two].map(({ name }) => name.split('/')[0]);
      assert.equal(
        decisions.map(({ sends }) => sends.split('/')[0]),
        names,
      );
      for (const { reason } of decisions)
        assert.match(reason, /^\w+: the first that is answered and that we have here/);
    },
  ],
);

const wideband: Case = [
  'two G.722 phones hear what lies above 4 kHz, and a G.711 phone beside them hears no trace of it',
  async () => {
    const { application } = rig.box;
    const low = rig.keep(await Baresip.start({ frequencyHz: 700, codec: G722 }));
    const high = rig.keep(await Baresip.start({ frequencyHz: 6000, codec: G722 }));
    const narrow = await startPhone(rig, { frequencyHz: 1100 });
    const session = await application.createSession();
    const calls = [];
    for (const { uri } of [low, high, narrow]) calls.push(await application.dial(session, uri));
    for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
    const heard = await narrow.media.listen(3);
    hearsExactly(heard, [700], 1100);
    // 6 kHz, folded.
    hearsNothingOf(heard, 2000);
    for (const { connectionId } of calls) await application.hangUp(session, connectionId);
    await until('the end of the recording', () => low.output().includes('terminated'));
    hearsExactly(low.heard(2), [6000, 1100], 700);
  },
];

const packets = [10, 20, 30, 40, 60].map(
  (packetMs): Case => [
    `baresip calls with G.722 in packets of ${packetMs} ms, and gets such packets`,
    async () => {
      const room = `room-${packetMs}`;
      const mine = async () => (await rig.box.calls()).filter(({ to }) => to === room);
      const { host, port } = rig.box.sipAddress;
      const caller = rig.keep(await Baresip.start({ frequencyHz: 500, codec: G722, packetMs }));
      const other = rig.keep(await Baresip.start({ frequencyHz: 1100 }));
      for (const phone of [caller, other]) await phone.dial(`sip:${room}@${host}:${port}`);
      await until(
        'five seconds together',
        async () => {
          const calls = await mine();
          return calls.length === 2 && calls.every(({ media }) => (media[0]?.openMs ?? 0) > 5_000);
        },
        { limitMs: 20_000, everyMs: 100 },
      );
      const call = (await mine()).find(({ codecs }) => codecs[0]?.sends === 'G722/8000');
      assert.is(call?.codecs[0]?.packetMs, packetMs);
      assert.match(call?.codecs[0]?.reason ?? '', /^G722: the first that is offered and that we have here/);
      const { received, sent, openMs } = call?.media[0] ?? {};
      for (const figures of [received, sent]) {
        const ratio = ((figures?.packets ?? 0) * packetMs) / (openMs ?? 1);
        assert.ok(ratio > 0.9 && ratio < 1.05, `${figures?.packets} packets in ${openMs} ms`);
      }
      for (const phone of [other, caller]) {
        await phone.hangUp();
        await until('the end of the recording', () => phone.output().includes('terminated'));
      }
      hearsExactly(caller.heard(), [1100], 500);
      hearsExactly(other.heard(), [500], 1100);
    },
  ],
);

// What it hears is judged so closely that others beside it can be made out.
rig.test(...wideband);
rig.together(3, [...pairs, ...packets]);

rig.run();
