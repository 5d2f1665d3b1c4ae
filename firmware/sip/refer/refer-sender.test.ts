import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { parseUri } from '../message/uri.ts';
import { type HeaderLines, incoming, TestDialog } from './refer.fixture.ts';
import { type ReferOptions, type ReferOutcome, ReferSender } from './refer-sender.ts';

const OPTIONS: ReferOptions = {
  target: { displayName: null, uri: parseUri('sip:bob@example.com'), method: 'INVITE', replaces: null, headers: [] },
  subscribe: true,
};

function scene() {
  const clock = new ManualClock();
  const dialog = new TestDialog();
  const progress: number[] = [];
  const outcomes: ReferOutcome[] = [];
  const listener = {
    progress: (status: number) => void progress.push(status),
    finished: (outcome: ReferOutcome) => void outcomes.push(outcome),
  };
  const sender = new ReferSender({ clock, dialog, listener });
  return { clock, dialog, progress, outcomes, sender };
}

function notify(text: string, state = 'active;expires=60', more: { event?: string; type?: string } = {}) {
  const lines: HeaderLines = [
    ['Event', more.event ?? 'refer'],
    ['Subscription-State', state],
    ...(text === '' ? [] : ([['Content-Type', more.type ?? 'message/sipfrag']] as const)),
  ];
  return incoming('NOTIFY', lines, text);
}

test('a REFER says whom to call and for whom, and its NOTIFYs how that goes', async () => {
  const { clock, dialog, progress, outcomes, sender } = scene();
  const sending = sender.send({
    ...OPTIONS,
    referredBy: { displayName: null, uri: 'sip:box@example.com' },
    headers: [['X-A', 'b']],
  });
  const { method, headers } = dialog.last;
  assert.equal(
    [method, headers.get('Refer-To'), headers.get('Referred-By'), headers.get('X-A'), headers.has('Refer-Sub')],
    ['REFER', '<sip:bob@example.com>', '<sip:box@example.com>', 'b', false],
  );
  await dialog.last.answer(202);
  await sending;
  const all = ['SIP/2.0 100 Trying', 'SIP/2.0 180 Ringing', 'SIP/2.0 180 Ringing'].map(text => notify(text));
  all.push(notify('SIP/2.0 200 OK', 'terminated;reason=noresource'), notify('SIP/2.0 200 OK', 'terminated'));
  for (const each of all) assert.ok(sender.notified(each));
  assert.equal(
    all.map(({ responses }) => responses.map(({ status }) => status)),
    [[200], [200], [200], [200], [200]],
  );
  assert.equal(progress, [180]);
  assert.equal(outcomes, [{ kind: 'final', status: 200, reason: 'OK' }]);
  assert.is(clock.pendingTimers, 0);
});

test('a NOTIFY may overtake the answer to the REFER, and even end it', async () => {
  const { clock, dialog, progress, outcomes, sender } = scene();
  const sending = sender.send(OPTIONS);
  assert.ok(sender.notified(notify('SIP/2.0 183 Progress')));
  assert.ok(sender.notified(notify('SIP/2.0 486 Busy Here', 'terminated')));
  await dialog.last.answer(202);
  await sending;
  assert.equal(progress, [183]);
  assert.equal(outcomes, [{ kind: 'final', status: 486, reason: 'Busy Here' }]);
  assert.is(clock.pendingTimers, 0);
});

test('a REFER that is refused, or never answered, is over', async () => {
  for (const status of [603, null]) {
    const { dialog, outcomes, sender } = scene();
    const sending = sender.send(OPTIONS);
    await dialog.last.answer(status);
    await sending;
    assert.equal(outcomes, [{ kind: 'refused', status, reason: 'as the test says' }]);
  }
});

test('a target that cannot be written is refused without a word on the wire', async () => {
  const { dialog, outcomes, sender } = scene();
  await sender.send({ ...OPTIONS, target: { ...OPTIONS.target, headers: [['X-A', 'b\r\nc']] } });
  assert.is(dialog.sent.length, 0);
  assert.equal(
    outcomes.map(({ kind }) => kind),
    ['refused'],
  );
});

test('without a subscription the outcome is unknown on purpose; one that is made all the same is heard', async () => {
  const unwatched = scene();
  let sending = unwatched.sender.send({ ...OPTIONS, subscribe: false });
  assert.is(unwatched.dialog.last.headers.get('Refer-Sub'), 'false');
  await unwatched.dialog.last.answer(200, [['Refer-Sub', 'false']]);
  await sending;
  assert.equal(unwatched.outcomes, [{ kind: 'unwatched' }]);

  const watched = scene();
  sending = watched.sender.send({ ...OPTIONS, subscribe: false });
  await watched.dialog.last.answer(202);
  await sending;
  assert.ok(watched.sender.notified(notify('SIP/2.0 200 OK', 'terminated')));
  assert.equal(watched.outcomes, [{ kind: 'final', status: 200, reason: 'OK' }]);
});

test('no NOTIFY within 32 s, or none before the subscription runs out, is a lost outcome', async () => {
  const silent = scene();
  let sending = silent.sender.send(OPTIONS);
  await silent.dialog.last.answer(202);
  await sending;
  silent.clock.advance(31_999);
  assert.equal(silent.outcomes, []);
  silent.clock.advance(1);
  assert.equal(silent.outcomes, [{ kind: 'lost', why: 'no-notify' }]);

  const stuck = scene();
  sending = stuck.sender.send(OPTIONS);
  await stuck.dialog.last.answer(202);
  await sending;
  stuck.sender.notified(notify('SIP/2.0 180 Ringing'));
  stuck.clock.advance(65_000);
  assert.equal(stuck.outcomes, [{ kind: 'lost', why: 'expired' }]);
});

test('a subscription that ends without a result, and a dialog that ends, are lost outcomes', async () => {
  for (const body of ['', 'SIP/2.0 100 Trying']) {
    const { dialog, outcomes, sender } = scene();
    void sender.send(OPTIONS);
    await dialog.last.answer(202);
    sender.notified(notify(body, 'terminated;reason=timeout'));
    assert.equal(outcomes, [{ kind: 'lost', why: 'terminated' }]);
  }
  const { clock, dialog, outcomes, sender } = scene();
  void sender.send(OPTIONS);
  await dialog.last.answer(202);
  sender.dialogEnded();
  sender.dialogEnded();
  assert.equal(outcomes, [{ kind: 'lost', why: 'dialog-ended' }]);
  assert.is(clock.pendingTimers, 0);
});

test('what is not about this REFER is not its business; what cannot be read is refused', async () => {
  const { dialog, outcomes, sender } = scene();
  assert.not(sender.notified(notify('SIP/2.0 200 OK')), 'nothing was asked yet');
  void sender.send(OPTIONS);
  await dialog.last.answer(202);
  assert.not(sender.notified(notify('SIP/2.0 200 OK', 'active', { event: 'presence' })));
  assert.ok(sender.notified(notify('SIP/2.0 100 Trying', 'active', { event: 'refer;id=2' })));
  assert.not(sender.notified(notify('SIP/2.0 200 OK', 'terminated', { event: 'refer;id=1' })));
  const cases: [ReturnType<typeof notify>, number][] = [
    [notify('<xml/>', 'active', { event: 'refer;id=2', type: 'application/xml' }), 415],
    [notify('nonsense', 'active', { event: 'refer;id=2' }), 400],
    [notify('SIP/2.0 200 OK', ';', { event: 'refer;id=2' }), 400],
  ];
  for (const [each, status] of cases) {
    assert.ok(sender.notified(each));
    assert.equal(
      each.responses.map(response => response.status),
      [status],
    );
  }
  assert.equal(outcomes, []);
  sender.dialogEnded();
});

test.run();
