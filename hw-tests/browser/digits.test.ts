import * as assert from 'uvu/assert';
import { Browser } from '../rig/browser.ts';
import { freePort } from '../rig/free-ports.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';
import { TalkingPage } from './talking-page.ts';

const ways = ['rfc4733', 'info', 'inband'] as const;
type Way = (typeof ways)[number];

const HOSTS: Record<Way, string> = { rfc4733: '127.0.0.3', info: '127.0.0.4', inband: '127.0.0.5' };
const ports = { rfc4733: 0, info: 0, inband: 0 };
for (const way of ways) ports[way] = await freePort(HOSTS[way]);

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      tellDigits: true,
      trunks: ways.map(way => ({
        name: `by-${way}`,
        targets: [`sip:${HOSTS[way]}:${ports[way]}`],
        sources: [HOSTS[way]],
        optionsSeconds: 0,
        dtmf: { send: way, accept: ['rfc4733', 'info', 'inband'] },
      })),
    },
  },
});

/** How a phone presses a key, in its own way. */
const press: Record<Way, (phone: SteeredPhone, digit: string) => void> = {
  rfc4733: (phone, digit) => phone.media.press(digit, 160),
  info: (phone, digit) => phone.info(digit),
  inband: (phone, digit) => phone.media.dial(digit, 160),
};

/** The digits that came to a phone, by the way in which they came. */
function toldOf(phone: SteeredPhone): Record<Way, string> {
  const infos = phone.sip.requests('INFO').map(text => /Signal=(\S)/.exec(text)?.[1] ?? '?');
  const tones = phone.media.ear.heard.filter(({ ms }) => ms >= 40).map(({ digit }) => digit);
  return { rfc4733: phone.media.digits(), info: infos.join(''), inband: tones.join('') };
}

rig.test(
  'keys that a page presses reach every phone once, in the way of its trunk, and those of phones the pages',
  async () => {
    const { application, facts } = rig.box;
    const session = await application.createSession();
    const browser = rig.keep(await Browser.start());
    const open = (data: string, hz?: number) =>
      TalkingPage.open({
        browser,
        url: facts.http,
        session,
        token: application.token(session, { role: 'moderator', data }),
        ...(hz !== undefined && { hz }),
      });
    const phones = new Map<Way, SteeredPhone>();
    for (const [index, way] of ways.entries()) {
      const phone = await SteeredPhone.listening(rig, {
        // Far from the frequencies of keys.
        frequencyHz: 1800 + 300 * index,
        host: HOSTS[way],
        port: ports[way],
      });
      await application.dial(session, `sip:+44207123456${index}@by-${way}`);
      await phone.invited();
      await phone.answer();
      phones.set(way, phone);
    }
    const one = await open('one', 500);
    const watcher = await open('watcher');
    await watcher.page.evaluate(`(() => {
    digits = [];
    session.on('digitReceived', ({ connection, digit, source }) =>
      digits.push([connection.phone ? connection.phone.number.slice(-1) : connection.data, digit, source].join(' ')));
  })()`);
    const told = () => watcher.page.evaluate<string[]>('digits');
    for (const phone of phones.values()) await until('sound', () => phone.media.received > 50);

    await one.page.evaluate(`publisher.sendDigits('15#')`);
    for (const [way, phone] of phones)
      await until(`the digits by ${way}`, () => toldOf(phone)[way].length === 3, { state: () => toldOf(phone) });
    await one.page.evaluate(`publisher.sendDigits('*'); publisher.sendDigits('9')`);
    for (const [way, phone] of phones) {
      await until(`the digits by ${way}`, () => toldOf(phone)[way].length === 5, { state: () => toldOf(phone) });
      await phone.media.listen(1);
      const wanted = { rfc4733: '', info: '', inband: '', [way]: '15#*9' };
      assert.equal(toldOf(phone), wanted, way);
    }
    assert.equal(
      await told(),
      [...'15#*9'].map(digit => `one ${digit} rfc4733`),
    );

    await watcher.page.evaluate('digits.length = 0');
    for (const [index, way] of ways.entries()) {
      press[way](phones.get(way) as SteeredPhone, String(index));
      await watcher.page.waitForFunction(`digits.length === ${index + 1}`);
    }
    assert.equal(
      await told(),
      ways.map((way, index) => `${index} ${index} ${way}`),
    );

    // Nobody is to hear it, in no way.
    await watcher.page.evaluate(`(async () => {
    const stream = session.streams.find(each => each.connection.data === 'one');
    await session.forceMuteStream(stream);
  })()`);
    await one.page.waitForFunction(`publisher.stream.muted`);
    await one.page.evaluate(`publisher.sendDigits('7')`);
    const phone = phones.get('rfc4733') as SteeredPhone;
    await phone.media.listen(1);
    assert.is(toldOf(phone).rfc4733, '15#*9');
    const errors = await one.page.evaluate(`(() => {
    const nameOf = digits => { try { publisher.sendDigits(digits); } catch (error) { return error.name; } };
    const wrong = nameOf('1x');
    session.unpublish(publisher);
    return [wrong, nameOf('1')];
  })()`);
    assert.equal(errors, ['OT_INVALID_PARAMETER', 'OT_NOT_CONNECTED']);
    for (const each of phones.values()) await each.leave();
    await rig.box.idle();
  },
);

rig.run();
