import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../message/headers.ts';
import { type HeaderLines, incoming, TestDialog, turn } from './refer.fixture.ts';
import { ReferNotifier } from './refer-notifier.ts';
import { readRefer } from './refer-request.ts';

const REFER: HeaderLines = [
  ['CSeq', '7 REFER'],
  ['Refer-To', '<sip:bob@example.com>'],
];

function scene(options: { first?: boolean; more?: HeaderLines } = {}) {
  const clock = new ManualClock();
  const dialog = new TestDialog();
  const request = incoming('REFER', [...REFER, ...(options.more ?? [])]);
  const refer = readRefer(request.request.headers);
  const notifier = new ReferNotifier({ clock, dialog, refer, first: options.first ?? true });
  return { clock, dialog, request, notifier };
}

const told = ({ sent }: TestDialog) =>
  sent.map(({ body, headers }) => `${body.trim()} | ${headers.get('Event')} | ${headers.get('Subscription-State')}`);
const subscribe = (event: string, expires?: string) =>
  incoming('SUBSCRIBE', [['Event', event], ...(expires === undefined ? [] : ([['Expires', expires]] as const))]);

test('202, then news until the call is answered', async () => {
  const { clock, dialog, request, notifier } = scene();
  notifier.accept(request);
  assert.equal(
    request.responses.map(({ status }) => status),
    [202],
  );
  await dialog.last.answer(200);
  clock.advance(2_000);
  notifier.progress(180, 'Ringing');
  notifier.progress(180, 'Ringing');
  await dialog.last.answer(200);
  notifier.finish(200, 'OK');
  await dialog.last.answer(200);
  notifier.finish(486);
  notifier.progress(183);
  assert.equal(told(dialog), [
    'SIP/2.0 100 Trying | refer | active;expires=180',
    'SIP/2.0 180 Ringing | refer | active;expires=178',
    'SIP/2.0 200 OK | refer | terminated;reason=noresource',
  ]);
  assert.equal(
    [...new Set(dialog.sent.map(({ method, contentType }) => `${method} ${contentType}`))],
    ['NOTIFY message/sipfrag;version=2.0'],
  );
  assert.is(clock.pendingTimers, 0);
});

test('one NOTIFY at a time: of what happens meanwhile the last is told', async () => {
  const { dialog, request, notifier } = scene();
  notifier.accept(request);
  notifier.progress(180);
  notifier.progress(183);
  notifier.finish(603, 'Decline');
  assert.is(dialog.sent.length, 1);
  await dialog.last.answer(200);
  await dialog.last.answer(200);
  assert.equal(told(dialog).slice(1), ['SIP/2.0 603 Decline | refer | terminated;reason=noresource']);
});

test('a later REFER of the dialog goes by its CSeq number', async () => {
  const { dialog, request, notifier } = scene({ first: false });
  notifier.accept(request);
  assert.is(dialog.last.headers.get('Event'), 'refer;id=7');
  assert.ok(notifier.subscribed(subscribe('refer;id=7')));
  assert.not(notifier.subscribed(subscribe('refer')));
  assert.not(notifier.subscribed(subscribe('refer;id=8')));
  notifier.close();
});

test('who wants no news gets none', () => {
  const { clock, dialog, request, notifier } = scene({ more: [['Refer-Sub', 'false']] });
  notifier.accept(request);
  assert.equal(request.responses, [{ status: 200, headers: Headers.of([['Refer-Sub', 'false']]) }]);
  notifier.progress(180);
  notifier.finish(200);
  assert.is(dialog.sent.length, 0);
  assert.is(clock.pendingTimers, 0);
});

test('a subscription that is not refreshed ends with the state as it is', async () => {
  const { clock, dialog, request, notifier } = scene();
  notifier.accept(request);
  await dialog.last.answer(200);
  notifier.progress(180);
  await dialog.last.answer(200);
  clock.advance(180_000);
  await dialog.last.answer(200);
  notifier.finish(200);
  assert.equal(told(dialog).slice(2), ['SIP/2.0 180 Ringing | refer | terminated;reason=timeout']);
  assert.is(clock.pendingTimers, 0);
});

test('a SUBSCRIBE prolongs it, within an hour, and tells the state again', async () => {
  const { clock, dialog, request, notifier } = scene();
  notifier.accept(request);
  await dialog.last.answer(200);
  clock.advance(170_000);
  const refresh = subscribe('refer', '7200');
  assert.ok(notifier.subscribed(refresh));
  assert.equal([refresh.responses[0]?.status, refresh.responses[0]?.headers.get('Expires')], [200, '3600']);
  await dialog.last.answer(200);
  clock.advance(3_599_999);
  assert.equal(told(dialog).slice(1), ['SIP/2.0 100 Trying | refer | active;expires=3600']);
  clock.advance(1);
  assert.match(told(dialog).at(-1)!, /terminated;reason=timeout$/);
});

test('a SUBSCRIBE for no time ends it; one that comes late, or makes no sense, is refused', async () => {
  const { dialog, request, notifier } = scene();
  notifier.accept(request);
  await dialog.last.answer(200);
  const odd = subscribe('refer', 'soon');
  assert.ok(notifier.subscribed(odd));
  assert.is(odd.responses[0]?.status, 400);
  const end = subscribe('refer', '0');
  assert.ok(notifier.subscribed(end));
  assert.is(end.responses[0]?.status, 200);
  assert.match(told(dialog).at(-1)!, /terminated;reason=timeout$/);
  const late = subscribe('refer');
  assert.ok(notifier.subscribed(late));
  assert.is(late.responses[0]?.status, 481);
  for (const event of ['presence', ';', 'dialog']) assert.not(notifier.subscribed(subscribe(event)));
});

test('a NOTIFY that is refused or lost is the last one', async () => {
  for (const status of [481, null]) {
    const { clock, dialog, request, notifier } = scene();
    notifier.accept(request);
    notifier.progress(180);
    await dialog.last.answer(status);
    notifier.finish(200);
    await turn();
    assert.is(dialog.sent.length, 1);
    assert.is(clock.pendingTimers, 0);
  }
});

test('after the end of the dialog nothing is told', async () => {
  const { clock, dialog, request, notifier } = scene();
  notifier.accept(request);
  notifier.finish(200);
  notifier.close();
  await dialog.last.answer(200);
  assert.is(dialog.sent.length, 1);
  assert.is(clock.pendingTimers, 0);
});

test.run();
