import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId, SessionId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { type SideTerms, USUAL_DIGITS } from '../../calls/side-terms.ts';
import { G711 } from '../../sdp/sdp.samples.ts';
import { accepted, remoteEnd } from '../../sip/user-agent/user-agent.fixture.ts';
import { until } from '../../trunks/bridge/bridge.fixture.ts';
import { PROJECT, type Scene, withScripts } from '../scripts.fixture.ts';
import { isPin, type Pin } from './pin.ts';
import { pinApplication } from './pin-application.ts';
import { PinBook } from './pin-book.ts';
import { PER_BOX, PER_CALLER, WINDOW_MS } from './pin-guard.ts';
import { pinTexts } from './pin-texts.ts';

const test = suite('PINs');
const SESSION = '2_session' as SessionId;
const OTHER = '46000002' as ProjectId;
const WISH = { project: PROJECT, session: SESSION, digits: 6, expiresAt: null, maxUses: null };
const TERMS: SideTerms = { codecs: G711, security: 'none', digits: USUAL_DIGITS };
const TEXTS = pinTexts('en-GB');

async function book(sessionIsThere = (_: ProjectId, session: string) => session.startsWith('2_')) {
  const clock = new ManualClock();
  const stored = new Map<string, Pin>();
  const store = {
    save: async (pin: Pin) => void stored.set(pin.id, JSON.parse(JSON.stringify(pin)) as Pin),
    delete: async (id: string) => void stored.delete(id),
    all: async () => [...stored.values()].filter(isPin),
  };
  const start = async () => {
    const pins = new PinBook({ store, sessionIsThere, clock, log: silentLog });
    await pins.start();
    return pins;
  };
  return { pins: await start(), restart: start, clock, stored };
}

const codeOf = (doing: Promise<unknown>) => doing.then(() => 'done').catch(error => (error as { code: string }).code);

test('a PIN leads to its session until it is used up, has expired, is ended, or the session is gone', async () => {
  let isThere = true;
  const { pins, restart, clock, stored } = await book(() => isThere);
  const { pin } = await pins.issue(WISH);
  assert.match(pin, /^[0-9]{6}$/);
  await pins.issue({ ...WISH, pin: '1111', maxUses: 1 });
  await pins.issue({ ...WISH, pin: '2222', expiresAt: clock.now() + 1000 });
  const ended = await pins.issue({ ...WISH, pin: '3333' });
  const enter = (digits: string) => pins.enter(digits, null, digits).kind;
  assert.equal(['1111', '1111', '2222', '3333', pin, pin].map(enter), [
    'session',
    'wrong',
    'session',
    'session',
    'session',
    'session',
  ]);
  clock.advance(1000);
  await pins.end(ended.id);
  assert.equal(['2222', '3333'].map(enter), ['wrong', 'wrong']);
  assert.is(await codeOf(pins.end(ended.id)), 'script.pin-unknown');
  assert.equal(
    (await restart()).list().map(each => [each.pin, each.uses]),
    [[pin, 2]],
  );
  isThere = false;
  assert.is(enter(pin), 'wrong');
  assert.is(stored.size, 0);
  assert.is(await codeOf(pins.issue(WISH)), 'session.unknown');
});

test('no two PINs are alike, a tenant lets in its own alone, and few of the possible ones are ever in use', async () => {
  const { pins } = await book();
  await pins.issue({ ...WISH, pin: '4711' });
  assert.is(await codeOf(pins.issue({ ...WISH, pin: '4711' })), 'script.pin-taken');
  assert.equal(
    [[OTHER], [PROJECT], null].map(projects => pins.enter('4711', projects, 'a').kind),
    ['wrong', 'session', 'session'],
  );
  for (let number = 1; number < 500; number++) await pins.issue({ ...WISH, digits: 4 });
  assert.is(await codeOf(pins.issue({ ...WISH, digits: 4 })), 'script.too-many-pins');
});

test('who guesses is locked out, and so is everybody when many guess; it passes', async () => {
  const { pins, clock } = await book();
  await pins.issue({ ...WISH, pin: '4711' });
  for (let tried = 0; tried < PER_CALLER; tried++) assert.is(pins.enter('0000', null, 'mallory').kind, 'wrong');
  assert.equal(
    [pins.enter('4711', null, 'mallory').kind, pins.enter('4711', null, 'alice').kind],
    ['locked', 'session'],
  );
  for (let tried = PER_CALLER; tried < PER_BOX; tried++) pins.enter('0000', null, `mallory ${tried}`);
  assert.is(pins.enter('4711', null, 'alice').kind, 'locked');
  clock.advance(WINDOW_MS + 1);
  assert.is(pins.enter('4711', null, 'mallory').kind, 'session');
});

const press = ({ media }: Scene, keys: string) => {
  for (const digit of keys) media.legs[0]?.listener.digit?.({ digit, durationMs: 100, source: 'rfc4733' });
};
const heard = ({ media }: Scene) => media.plays.map(({ source }) => (source.kind === 'file' ? source.file : ''));

async function dialIn(scene: Scene, pins: PinBook) {
  const application = pinApplication({ project: PROJECT, pinsOf: null, book: pins, language: 'en-GB' });
  const terms = { from: '4420', to: '4930', media: TERMS, release: () => {} };
  scene.box.onInvite = invite => void scene.scripts.take(invite, application, terms);
  const { dialog } = await accepted(scene.call());
  return { dialog, ended: remoteEnd(dialog) };
}

test('a caller is asked for the PIN, and again when it is wrong, and is in the session with the right one', () =>
  withScripts(async scene => {
    const session = await scene.sessions.create(PROJECT, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
    const { pins } = await book((project, id) => scene.sessions.has(project, id));
    await pins.issue({ ...WISH, session: session.id, pin: '4711' });
    const { dialog } = await dialIn(scene, pins);
    await until('it is asked', () => heard(scene).includes(TEXTS.ask));
    press(scene, '0815');
    await until('it is asked again', () => heard(scene).includes(TEXTS.wrong));
    press(scene, '4711');
    await until('it is told so', () => heard(scene).includes(TEXTS.welcome));
    scene.media.plays.at(-1)?.finish();
    await until('it is in', () => {
      const hears = scene.media.legs[0]?.config.hears;
      return hears?.kind === 'session' && hears.session === session.id;
    });
    const digits = scene.events.flatMap(event => (event.type === 'callDigit' ? [event.digit] : []));
    assert.equal(new Set(digits), new Set([null]));
    await dialog.bye();
  }));

test('after three wrong PINs the caller hears that it is sorry, and is hung up', () =>
  withScripts(async scene => {
    const { pins } = await book();
    await pins.issue({ ...WISH, pin: '4711' });
    const { ended } = await dialIn(scene, pins);
    for (const [keys, text] of [
      ['0000', TEXTS.ask],
      ['1#', TEXTS.wrong],
      ['0001', TEXTS.wrong],
    ] as const) {
      const before = scene.media.plays.length;
      await until(`${text} is heard`, () => scene.media.plays.length > before - 1 && heard(scene).at(-1) === text);
      press(scene, keys);
      await until('the next is heard', () => scene.media.plays.length > before || heard(scene).includes(TEXTS.sorry));
    }
    await until('it is sorry', () => heard(scene).at(-1) === TEXTS.sorry);
    scene.media.plays.at(-1)?.finish();
    await ended;
  }));

test.run();
