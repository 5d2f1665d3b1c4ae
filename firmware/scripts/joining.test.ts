import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { accepted, nextInvite, remoteEnd } from '../sip/user-agent/user-agent.fixture.ts';
import { changesOf, PHONE, until } from '../trunks/bridge/bridge.fixture.ts';
import { dial, get, heard, meet, play, press, recordingsTold, say, sessionOf, target } from './actions.fixture.ts';
import { script, withScripts } from './scripts.fixture.ts';

const test = suite('scripts that join their call to others');

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

test.run();
