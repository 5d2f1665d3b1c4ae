import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../base/errors.ts';
import { accepted, failed, nextInvite, remoteEnd } from '../sip/user-agent/user-agent.fixture.ts';
import { changesOf, PHONE, until } from '../trunks/bridge/bridge.fixture.ts';
import type { Conference, Connect, Gather, RecordVoice, Say } from './action.ts';
import { fetched, type Scene, script, withScripts } from './scripts.fixture.ts';

const test = suite('scripts');

const say = (text: string, loops = 1): Say => ({ kind: 'say', text, language: null, voice: null, loops, levelDb: 0 });
const get = (url: string) => ({ url, method: 'GET' as const });
const next = (url: string) => ({ target: get(url) });
const ask = (over: Partial<Gather> = {}): Gather => ({
  kind: 'gather',
  prompts: [say('Your PIN?')],
  firstDigitMs: 20,
  interDigitMs: 20,
  finishKeys: '#',
  maxDigits: 4,
  next: next('http://app/pin'),
  tellsNothing: true,
  ...over,
});
const meet = (over: Partial<Conference> = {}): Conference => ({
  kind: 'conference',
  room: 'standup',
  canSpeak: true,
  canHear: true,
  startsOnEnter: true,
  endsOnExit: false,
  wait: null,
  beep: null,
  maxMembers: 50,
  record: null,
  limitMs: null,
  leavesOnStar: false,
  events: null,
  next: null,
  ...over,
});
const target = (number: string): Connect['targets'][number] => ({
  to: { kind: 'number', number },
  headers: [],
  auth: undefined,
  secure: false,
  sendDigits: null,
  whisper: null,
  events: null,
});
const dial = (over: Partial<Connect> = {}): Connect => ({
  kind: 'connect',
  targets: [target('4930')],
  from: null,
  ringMs: 5_000,
  limitMs: 60_000,
  ringback: { kind: 'play', what: { tone: 'ring-back' }, loops: 0, levelDb: 0 },
  answersWithTarget: false,
  endsOnStar: false,
  record: null,
  next: next('http://app/dialled'),
  ...over,
});

/** What was played, by name: text, URL, or tone. */
const heard = ({ media }: Scene) =>
  media.plays.map(({ source }) => (source.kind === 'file' ? source.file : `tone ${source.frequencyHz}`));
const play = async (scene: Scene, name: string) => {
  await until(`${name} is heard`, () => heard(scene).includes(name));
  const found = scene.media.plays.find(({ source }) => source.kind === 'file' && source.file === name);
  if (!found) throw new Error('not found');
  return found;
};
const press = ({ media }: Scene, keys: string, leg = 0) => {
  for (const digit of keys) media.legs[leg]?.listener.digit?.({ digit, durationMs: 100, source: 'rfc4733' });
};
const sessionOf = ({ media }: Scene, leg: number) => {
  const hears = media.legs[leg]?.config.hears;
  return hears?.kind === 'session' ? hears.session : null;
};
const told = ({ happenings }: Scene) => happenings.map(({ kind }) => kind);

test('a caller is rung, answered with the first word, and hung up after the last', () =>
  withScripts(async scene => {
    scene.first = script(say('Hello'), say('Goodbye'));
    const placed = scene.call();
    const { dialog } = await accepted(placed);
    assert.equal(placed.progress, [180]);
    const ended = remoteEnd(dialog);
    (await play(scene, 'Hello')).finish();
    (await play(scene, 'Goodbye')).finish();
    await ended;
    assert.equal(told(scene), ['initiated', 'ringing', 'answered', 'ended']);
  }));

for (const [as, status] of [
  ['busy', 486],
  ['rejected', 603],
] as const)
  test(`a script that rejects as ${as} answers ${status}, and nobody is answered`, () =>
    withScripts(async scene => {
      scene.first = script({ kind: 'reject', as });
      assert.is((await failed(scene.call())).status, status);
      assert.not(told(scene).includes('answered'));
    }));

test('the first key silences the prompts, the number of keys ends it, and the answer is the rest of the script', () =>
  withScripts(async scene => {
    scene.first = script(ask(), say('never'));
    scene.documents.set('http://app/pin', [say('Thank you')]);
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    const prompt = await play(scene, 'Your PIN?');
    press(scene, '1234');
    (await play(scene, 'Thank you')).finish();
    await ended;
    assert.ok(prompt.stopped);
    assert.equal(scene.asked[0]?.outcome, { kind: 'gathered', digits: '1234', finishedBy: null, timedOut: false });
    assert.not(heard(scene).includes('never'));
  }));

test('a finish key ends it and is not told among the digits; silence is told where it is wanted', () =>
  withScripts(async scene => {
    scene.first = script(ask(), ask({ tellsNothing: false }), say('nothing'));
    scene.documents.set('http://app/pin', null);
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    await play(scene, 'Your PIN?');
    press(scene, '12#');
    await until('it is asked again', () => heard(scene).length === 2);
    scene.media.plays[1]?.finish();
    (await play(scene, 'nothing')).finish();
    await ended;
    assert.equal(
      scene.asked.map(({ outcome }) => outcome),
      [{ kind: 'gathered', digits: '12', finishedBy: '#', timedOut: false }],
    );
  }));

test('calls that name the same room meet in one session; the last to leave ends it', () =>
  withScripts(async scene => {
    scene.first = script(meet({ leavesOnStar: true }), say('bye'));
    const first = await accepted(scene.call());
    const second = await accepted(scene.call());
    await until('both are in', () => sessionOf(scene, 0) !== null && sessionOf(scene, 0) === sessionOf(scene, 1));
    const firstEnd = remoteEnd(first.dialog);
    press(scene, '*');
    (await play(scene, 'bye')).finish();
    await firstEnd;
    await second.dialog.bye();
    await until('the room is gone', () => scene.sessions.count().sessions === 0);
    const whats = scene.happenings.flatMap(each => (each.kind === 'conference' ? each.what : []));
    assert.equal(whats, ['start', 'join', 'join', 'leave', 'leave', 'end']);
  }));

test('who does not start a room waits with music; who ends it takes all with it', () =>
  withScripts(async scene => {
    scene.first = script(meet({ startsOnEnter: false, wait: { urls: ['http://app/music'] } }));
    const guest = await accepted(scene.call());
    const guestEnd = remoteEnd(guest.dialog);
    const music = await play(scene, 'http://app/music');
    assert.is(sessionOf(scene, 0), null);
    scene.first = script(meet({ endsOnExit: true, canSpeak: false, canHear: false }));
    const host = await accepted(scene.call());
    await until('both are in', () => sessionOf(scene, 0) !== null && sessionOf(scene, 1) !== null);
    await until('the music stops', () => music.stopped);
    assert.is(scene.media.legs[1]?.config.muted, true);
    const hears = scene.media.legs[1]?.config.hears;
    assert.equal(hears?.kind === 'session' && hears.only, []);
    await host.dialog.bye();
    await guestEnd;
  }));

test('where a session lies on another worker the phone is asked to send there', () =>
  withScripts(async scene => {
    scene.media.elsewhere = true;
    scene.first = script(meet());
    const { dialog } = await accepted(scene.call());
    const changes = changesOf(dialog, change => change.accept(PHONE));
    await until('it is there', () => sessionOf(scene, 1) !== null);
    assert.match(String(changes[0]?.body), `m=audio ${scene.media.legs[1]?.local.rtpPort} `);
    await until('the leg before is closed', () => scene.media.legs[0]?.closed === true);
    assert.is(scene.media.legs[1]?.placement, sessionOf(scene, 1));
    await dialog.bye();
  }));

test('a phone that will not send elsewhere stays where it is, and the script goes on', () =>
  withScripts(async scene => {
    scene.media.elsewhere = true;
    scene.first = script(meet(), say('sorry'));
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    changesOf(dialog, change => change.reject(488));
    (await play(scene, 'sorry')).finish();
    await ended;
    assert.ok(scene.happenings.some(each => each.kind === 'action-failed' && each.code === 'call.change-refused'));
  }));

test('a room that is full refuses, and the script goes on', () =>
  withScripts(async scene => {
    scene.first = script(meet());
    const first = await accepted(scene.call());
    scene.first = script(meet({ maxMembers: 1 }), say('full'));
    const second = await accepted(scene.call());
    const secondEnd = remoteEnd(second.dialog);
    (await play(scene, 'full')).finish();
    await secondEnd;
    assert.ok(scene.happenings.some(each => each.kind === 'action-failed' && each.code === 'script.room-full'));
    await first.dialog.bye();
  }));

test('a caller hears ringing until who is called answers, then both are in one session, and keys go across', () =>
  withScripts(async scene => {
    scene.first = script(dial());
    scene.documents.set('http://app/dialled', [say('they are gone')]);
    const coming = nextInvite(scene.callee);
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    const invite = await coming;
    await until('ringing is heard', () => heard(scene)[0] === 'tone 425');
    const called = invite.accept(PHONE);
    if (!called) throw new Error('not accepted');
    called.listener = { ended: () => {} };
    await until('both are in', () => sessionOf(scene, 0) !== null && sessionOf(scene, 0) === sessionOf(scene, 1));
    await until('the ringing stops', () => scene.media.plays[0]?.stopped === true);
    press(scene, '7');
    await until('the key goes across', () => scene.media.legs[1]?.digits[0]?.startsWith('7') === true);
    await called.bye();
    (await play(scene, 'they are gone')).finish();
    await ended;
    const outcome = scene.asked[0]?.outcome;
    assert.ok(outcome?.kind === 'connected');
    assert.equal([outcome.result, outcome.status], ['completed', 200]);
  }));

test('who is busy is told of, and the script goes on by what the application says', () =>
  withScripts(async scene => {
    scene.first = script(dial());
    scene.documents.set('http://app/dialled', null);
    scene.callee.onInvite = invite => invite.reject(486);
    const { dialog } = await accepted(scene.call());
    await remoteEnd(dialog);
    const outcome = scene.asked[0]?.outcome;
    assert.ok(outcome?.kind === 'connected');
    assert.equal([outcome.result, outcome.status, outcome.seconds], ['busy', 486, null]);
  }));

test('of several who ring at once the first to answer is joined, the others are cancelled', () =>
  withScripts(async scene => {
    scene.first = script(dial({ targets: [target('1'), target('2')], next: null }));
    const invites: Awaited<ReturnType<typeof nextInvite>>[] = [];
    const cancelled: string[] = [];
    scene.callee.onInvite = invite => {
      invite.listener = {
        confirmed: () => {},
        ackTimeout: () => {},
        cancelled: () => void cancelled.push(invite.calledUser),
      };
      invite.ring();
      invites.push(invite);
    };
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    await until('both ring', () => invites.length === 2);
    const second = invites.find(({ calledUser }) => calledUser === '2')?.accept(PHONE);
    if (!second) throw new Error('not accepted');
    second.listener = { ended: () => {} };
    await until('the other is cancelled', () => cancelled[0] === '1');
    await second.bye();
    await ended;
  }));

test('a caller who goes takes back the call that was made for it', () =>
  withScripts(async scene => {
    scene.first = script(dial({ answersWithTarget: true }));
    const cancelled = new Promise<void>(resolve => {
      scene.callee.onInvite = invite => {
        invite.listener = { confirmed: () => {}, ackTimeout: () => {}, cancelled: () => resolve() };
        invite.ring();
      };
    });
    const placed = scene.call();
    await until('it rings', () => scene.media.legs.length === 2);
    placed.invite.cancel();
    await cancelled;
    const ends = () => scene.events.flatMap(each => (each.type === 'callDestroyed' ? each.reason.code : []));
    await until('both calls are over', () => ends().length === 2);
    assert.equal(ends(), ['487', '487']);
  }));

test('who is called hears a script of its own before the two are joined', () =>
  withScripts(async scene => {
    scene.first = script(dial({ targets: [{ ...target('1'), whisper: get('http://app/whisper') }], next: null }));
    scene.documents.set('http://app/whisper', [say('a call for you')]);
    const coming = nextInvite(scene.callee);
    const { dialog } = await accepted(scene.call());
    const called = (await coming).accept(PHONE);
    if (!called) throw new Error('not accepted');
    const calledEnd = remoteEnd(called);
    const whisper = await play(scene, 'a call for you');
    assert.is(whisper.leg, scene.media.legs[1]);
    assert.is(sessionOf(scene, 1), null);
    whisper.finish();
    await until('both are in', () => sessionOf(scene, 0) !== null && sessionOf(scene, 0) === sessionOf(scene, 1));
    await dialog.bye();
    await calledEnd;
  }));

test('a call that is led elsewhere leaves what it does at once, be it a prompt, a room, or a document that never comes', () =>
  withScripts(async scene => {
    scene.documents.set('http://app/never', new Promise(() => {}));
    scene.documents.set('http://app/next', [say('next')]);
    for (const first of [script(say('long', 0)), script(meet()), fetched('http://app/never')]) {
      scene.media.plays.length = 0;
      scene.first = first.kind === 'fetch' ? script(say('first'), { kind: 'redirect', target: first.target }) : first;
      const { dialog } = await accepted(scene.call());
      const ended = remoteEnd(dialog);
      if (first.kind === 'fetch') {
        (await play(scene, 'first')).finish();
        await until('it is asked for', () => scene.asked.some(({ url }) => url === 'http://app/never'));
      } else
        await until(
          'it is under way',
          () => heard(scene).length > 0 || sessionOf(scene, scene.media.legs.length - 1) !== null,
        );
      scene.scripts.list(scene.application.project)[0]?.redirect(fetched('http://app/next'));
      (await play(scene, 'next')).finish();
      await ended;
    }
  }));

test('a call out is led when it is answered', () =>
  withScripts(async scene => {
    scene.first = script(say('Hello'));
    const coming = nextInvite(scene.callee);
    const placing = scene.scripts.place(scene.application, {
      to: { kind: 'number', number: '4930' },
      from: '4420',
      headers: [['X-Foo', 'bar']],
      auth: undefined,
      secure: false,
      ringMs: 5_000,
      limitMs: 60_000,
      sendDigits: null,
    });
    const invite = await coming;
    const placed = await placing;
    assert.is(scene.scripts.get(scene.application.project, placed.id), placed);
    assert.is(invite.request.headers.get('X-Foo'), 'bar');
    invite.ring();
    await until('it rings', () => told(scene).includes('ringing'));
    const dialog = invite.accept(PHONE);
    if (!dialog) throw new Error('not accepted');
    const ended = remoteEnd(dialog);
    (await play(scene, 'Hello')).finish();
    await ended;
    assert.equal(told(scene), ['initiated', 'ringing', 'answered', 'ended']);
  }));

test('what cannot be fetched is asked for twice, then the fallback; without one the caller hears an apology', () =>
  withScripts(async scene => {
    scene.first = fetched('http://app/down');
    scene.apology = { text: 'Sorry', language: 'en-GB' };
    scene.documents.set('http://app/down', new CrosspointError('script.fetch-timeout', 'there was no answer in 5 s'));
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    (await play(scene, 'Sorry')).finish();
    await ended;
    assert.equal(
      scene.asked.map(({ url }) => url),
      ['http://app/down', 'http://app/down'],
    );
    scene.first = { ...fetched('http://app/down'), fallback: get('http://app/fallback') } as typeof scene.first;
    scene.documents.set('http://app/fallback', [say('at last')]);
    const again = await accepted(scene.call());
    const againEnd = remoteEnd(again.dialog);
    (await play(scene, 'at last')).finish();
    await againEnd;
    assert.is(scene.asked.at(-1)?.failed?.code, 'script.fetch-timeout');
    const next = scene.happenings.flatMap(each => (each.kind === 'document-failed' ? each.next : []));
    assert.equal(next, ['hang-up', 'fallback']);
  }));

const record = (over: Partial<RecordVoice> = {}): RecordVoice => ({
  kind: 'record',
  terms: { format: 'wav', channels: 'mono', events: null },
  maxMs: 60_000,
  silenceMs: null,
  finishKeys: '#',
  beep: false,
  inBackground: false,
  next: next('http://app/recorded'),
  ...over,
});
const recordingsTold = ({ happenings }: Scene) =>
  happenings.flatMap(happening => (happening.kind === 'recording' ? `${happening.source} ${happening.what}` : []));

test('a recording ends with its key, and the answer to it is the rest of the script', () =>
  withScripts(async scene => {
    scene.first = script(record());
    scene.documents.set('http://app/recorded', [say('Thank you')]);
    const { dialog } = await accepted(scene.call());
    await until('it begins', () => scene.recorder.begun.length > 0);
    press(scene, '1#');
    const ended = remoteEnd(dialog);
    (await play(scene, 'Thank you')).finish();
    await ended;
    const [asked] = scene.asked;
    assert.is(asked?.outcome.kind === 'recorded' && `${asked.outcome.endedBy} ${asked.outcome.key}`, 'key #');
    assert.equal(
      scene.recorder.begun.map(request => 'leg' in request && [request.leg, request.channels]),
      [[scene.media.legs[0]?.id, 1]],
    );
    assert.equal(recordingsTold(scene), ['record started', 'record completed']);
  }));

test('a recording in the background lasts as long as the call, beside its script', () =>
  withScripts(async scene => {
    const terms = { format: 'wav', channels: 'dual', events: null } as const;
    scene.records = terms;
    scene.first = script(record({ terms, inBackground: true, next: null }), say('Hello'));
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    const hello = await play(scene, 'Hello');
    assert.equal(
      scene.recorder.begun.map(request => 'leg' in request && [request.source, request.channels]),
      [
        ['call', 2],
        ['record', 2],
      ],
    );
    assert.equal(scene.recorder.stopped, []);
    hello.finish();
    await ended;
    await until('both are told', () => recordingsTold(scene).filter(what => what.endsWith('completed')).length === 2);
    assert.is(scene.recorder.stopped.length, 2);
  }));

test('a room is recorded once, as who wants it first has it, and that one is told whoever leaves last', () =>
  withScripts(async scene => {
    const terms = { format: 'wav', channels: 'mono', events: null } as const;
    scene.first = script(meet({ record: terms }));
    const one = await accepted(scene.call());
    await until('it is recorded', () => scene.recorder.begun.length > 0);
    scene.first = script(meet());
    const two = await accepted(scene.call());
    await until('both are in', () => sessionOf(scene, 1) !== null);
    await one.dialog.bye();
    assert.equal(scene.recorder.stopped, []);
    await two.dialog.bye();
    await until('it is told', () => recordingsTold(scene).includes('conference completed'));
    assert.is(scene.recorder.begun.length, 1);
  }));

test('where nothing can be recorded the script goes on', () =>
  withScripts(async scene => {
    scene.recorder.refuses = true;
    scene.first = script(record(), record({ inBackground: true }), say('Hello'));
    const { dialog } = await accepted(scene.call());
    const ended = remoteEnd(dialog);
    (await play(scene, 'Hello')).finish();
    await ended;
    assert.is(told(scene).filter(kind => kind === 'action-failed').length, 2);
  }));

test('documents that only lead to each other come to an end', () =>
  withScripts(async scene => {
    scene.first = fetched('http://app/round');
    scene.documents.set('http://app/round', [{ kind: 'redirect', target: get('http://app/round') }]);
    await failed(scene.call());
    assert.ok(scene.asked.length < 20);
    assert.ok(scene.happenings.some(each => each.kind === 'action-failed' && each.code === 'script.endless'));
  }));

test.run();
