import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../base/errors.ts';
import { accepted, failed, nextInvite, remoteEnd } from '../sip/user-agent/user-agent.fixture.ts';
import { PHONE, until } from '../trunks/bridge/bridge.fixture.ts';
import { ask, get, heard, meet, play, press, record, recordingsTold, say, sessionOf, told } from './actions.fixture.ts';
import { fetched, script, withScripts } from './scripts.fixture.ts';

const test = suite('scripts');

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
