import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from '../message/errors.ts';
import { Headers } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import {
  confirmed,
  type DialogState,
  dialogOfRequest,
  dialogOfResponse,
  refreshed,
  requestInDialog,
} from './dialog-state.ts';

const NO_BODY = Buffer.alloc(0);

function invite(more: [string, string][] = []): SipRequest {
  const headers = Headers.of([
    ['From', 'Alice <sip:alice@a.example>;tag=1'],
    ['To', '<sip:bob@b.example>'],
    ['Call-ID', 'c'],
    ['CSeq', '314 INVITE'],
    ...more,
  ]);
  return { kind: 'request', method: 'INVITE', uri: 'sip:bob@b.example', headers, body: NO_BODY };
}

function answer(more: [string, string][]): SipResponse {
  const headers = Headers.of([['To', '<sip:bob@b.example>;tag=2'], ...more]);
  return { kind: 'response', status: 200, reason: 'OK', headers, body: NO_BODY };
}

test('the caller reverses the route, the callee keeps it (§12.1.1, §12.1.2)', () => {
  const routes: [string, string][] = [
    ['Record-Route', '<sip:p1;lr>, <sip:p2;lr>'],
    ['Record-Route', '<sip:p3;lr>'],
    ['Contact', '"B, ob" <sip:bob@192.0.2.4>;expires=60'],
    ['Allow', 'INVITE, UPDATE'],
    ['Supported', 'Timer'],
  ];
  const caller = dialogOfResponse(invite(), answer(routes));
  assert.equal(caller, {
    callId: 'c',
    localTag: '1',
    remoteTag: '2',
    local: 'Alice <sip:alice@a.example>;tag=1',
    remote: '<sip:bob@b.example>;tag=2',
    routeSet: ['<sip:p3;lr>', '<sip:p2;lr>', '<sip:p1;lr>'],
    remoteTarget: 'sip:bob@192.0.2.4',
    localSeq: 314,
    remoteSeq: null,
    remoteAllows: new Set(['INVITE', 'UPDATE']),
    remoteSupports: new Set(['timer']),
  });
  const callee = dialogOfRequest(invite(routes), '9');
  assert.equal(callee, {
    callId: 'c',
    localTag: '9',
    remoteTag: '1',
    local: '<sip:bob@b.example>;tag=9',
    remote: 'Alice <sip:alice@a.example>;tag=1',
    routeSet: ['<sip:p1;lr>', '<sip:p2;lr>', '<sip:p3;lr>'],
    remoteTarget: 'sip:bob@192.0.2.4',
    localSeq: 0,
    remoteSeq: 314,
    remoteAllows: new Set(['INVITE', 'UPDATE']),
    remoteSupports: new Set(['timer']),
  });
});

test('a request in the dialog is routed as §12.2.1.1 says', () => {
  const state: DialogState = { ...dialogOfRequest(invite([['Contact', '<sip:t@192.0.2.4>']]), '9') };
  const cases: [routes: string[], uri: string, route: string[], nextHop: string][] = [
    [[], 'sip:t@192.0.2.4', [], 'sip:t@192.0.2.4'],
    [['<sip:p1;lr>', '<sip:p2>'], 'sip:t@192.0.2.4', ['<sip:p1;lr>', '<sip:p2>'], 'sip:p1;lr'],
    [['<sip:p1>', '<sip:p2;lr>'], 'sip:p1', ['<sip:p2;lr>', '<sip:t@192.0.2.4>'], 'sip:p1'],
  ];
  for (const [routeSet, uri, route, nextHop] of cases) {
    const made = requestInDialog({ ...state, routeSet }, 'BYE', 5, NO_BODY);
    assert.is(made.request.uri, uri);
    assert.equal(made.request.headers.getAll('Route'), route);
    assert.is(made.nextHop, nextHop);
    assert.is(made.request.headers.get('CSeq'), '5 BYE');
    assert.is(made.request.headers.get('From'), '<sip:bob@b.example>;tag=9');
    assert.is(made.request.headers.get('To'), 'Alice <sip:alice@a.example>;tag=1');
  }
});

test('a peer without a tag (RFC 2543) still makes a dialog', () => {
  const old = answer([['Contact', '<sip:bob@192.0.2.4>']]);
  old.headers.set('To', '<sip:bob@b.example>');
  assert.is(dialogOfResponse(invite(), old).remoteTag, '');
});

test('a caller without a Contact (RFC 2543) is where its From says', () => {
  assert.is(dialogOfRequest(invite(), '9').remoteTarget, 'sip:alice@a.example');
});

test('a call that was answered without a usable Contact goes to where it was sent', () => {
  for (const more of [[], [['Contact', '<not a uri>']], [['Contact', '<']]] as [string, string][][]) {
    assert.is(dialogOfResponse(invite(), answer(more)).remoteTarget, 'sip:bob@b.example');
  }
});

test('a target refresh changes the target and what it says of the far end, and no route (§12.2)', () => {
  const state = dialogOfRequest(
    invite([
      ['Contact', '<sip:old@192.0.2.4>'],
      ['Record-Route', '<sip:p1;lr>'],
      ['Allow', 'BYE'],
    ]),
    '9',
  );
  const after = refreshed(
    state,
    invite([
      ['Contact', '<sip:new@192.0.2.5>'],
      ['Record-Route', '<sip:p9;lr>'],
      ['Supported', ''],
    ]),
  );
  assert.is(after.remoteTarget, 'sip:new@192.0.2.5');
  assert.equal(after.routeSet, ['<sip:p1;lr>']);
  assert.equal(after.remoteAllows, new Set(['BYE']));
  assert.is(refreshed(after, invite()).remoteTarget, 'sip:new@192.0.2.5');
  assert.is(refreshed(after, invite([['Contact', '<nonsense>']])).remoteTarget, 'sip:new@192.0.2.5');
});

test('the 2xx brings the routes of the confirmed dialog (§13.2.2.4)', () => {
  const early = dialogOfResponse(invite(), answer([['Record-Route', '<sip:p1;lr>']]));
  const final = confirmed(
    early,
    answer([
      ['Record-Route', '<sip:p1;lr>, <sip:p2;lr>'],
      ['Contact', '<sip:b@192.0.2.9>'],
    ]),
  );
  assert.equal(final.routeSet, ['<sip:p2;lr>', '<sip:p1;lr>']);
  assert.is(final.remoteTarget, 'sip:b@192.0.2.9');
  assert.is(final.localSeq, 314);
});

test('hostile routes and Contacts are refused', () => {
  const contact: [string, string] = ['Contact', '<sip:x@y>'];
  const many = Array.from({ length: 33 }, (): [string, string] => ['Record-Route', '<sip:p;lr>']);
  for (const more of [[['Contact', '<im:x@y>']], [contact, ['Record-Route', '<none>']], [contact, ...many]]) {
    assert.throws(
      () => dialogOfRequest(invite(more as [string, string][]), '9'),
      (error: unknown) => error instanceof SipParseError,
    );
  }
});

test.run();
