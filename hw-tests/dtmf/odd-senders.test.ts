import * as assert from 'uvu/assert';
import { eventPayload, type OddPacket } from '../rig/digits.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({
  needs: ['own'],
  box: { codecs: ['opus', 'speex', 'PCMU', 'PCMA'], config: { tellDigits: true } },
});

interface OddSender {
  readonly what: string;
  /** Of the offer; default: PCMU. */
  readonly format?: number;
  readonly payloadType?: number;
  readonly clockRate?: number;
  readonly marker?: false;
  /** How many of the three end packets come. */
  readonly ends?: number;
  /** What it says of the event's length so far, in 20 ms, instead of what it is. */
  readonly length?: (packet: number) => number;
}

const SENDERS: readonly OddSender[] = [
  { what: 'sets no marker', marker: false },
  { what: 'never says that a key was let go', ends: 0 },
  { what: 'says it once', ends: 1 },
  { what: 'always says the same length', length: () => 1 },
  { what: 'says a length of nothing', length: () => 0 },
  { what: 'counts its length backwards', length: packet => 8 - packet },
  { what: 'uses payload type 120', payloadType: 120 },
  { what: 'counts time at 16 kHz, beside Speex', format: 110, payloadType: 97, clockRate: 16_000 },
  { what: 'counts time at 48 kHz, beside Opus', format: 111, payloadType: 126, clockRate: 48_000 },
];

/** Five packets of a key that is held, and its ends. */
function packetsOf(digit: string, sender: OddSender): OddPacket[] {
  const { payloadType = 101, clockRate = 8000, marker = true, ends = 3, length = packet => packet + 1 } = sender;
  return Array.from({ length: 5 + ends }, (_, packet) => ({
    payloadType,
    clockRate,
    marker: marker && packet === 0,
    first: packet === 0,
    payload: eventPayload(digit, packet >= 5, (length(Math.min(packet, 5)) * clockRate) / 50),
  }));
}

/** One key twice: two events, however odd. */
const DIGITS = ['1', '5', '5', '#'];

rig.together(
  5,
  SENDERS.map((sender, index) => [
    `each digit of a phone that ${sender.what} comes once, as rfc4733`,
    async () => {
      const room = `room-odd-${index}`;
      const { format = 0, payloadType = 101, clockRate = 8000 } = sender;
      const phone = await SteeredPhone.calling(rig, rig.box, room, {
        frequencyHz: 400,
        offer: { formats: [format], events: { payloadType, clockRate } },
      });
      await phone.next('ANSWERED');
      const mine = async () => (await rig.box.calls()).find(({ to }) => to === room);
      await until('its packets', async () => phone.media.sent > 10);
      const told = async () => (await mine())?.digits.map(({ digit, source }) => `${digit} ${source}`) ?? [];
      const wanted = DIGITS.map(digit => `${digit} rfc4733`);
      for (const [i, digit] of DIGITS.entries()) {
        phone.media.pressOddly(packetsOf(digit, sender));
        await until(`digit ${i + 1}`, async () => (await told()).length > i, { everyMs: 50, state: told });
      }
      // What would be told twice has been by then.
      const { sent } = phone.media;
      await until('half a second more', () => phone.media.sent > sent + 25);
      assert.equal(await told(), wanted);
      await phone.leave();
    },
  ]),
);

rig.run();
