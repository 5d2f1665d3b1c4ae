import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { because, endReasons, sipFailure } from './reasons.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const verdicts: [name: string, verdict: Verdict, retriable: boolean, endedBy: Verdict['endedBy']][] = [
  ['a busy callee', verdictOf(sipFailure(486, 'Busy'), 'far-end', 'outbound'), true, 'callee'],
  ['a callee that declines', verdictOf(sipFailure(603, 'Decline'), 'far-end', 'outbound'), false, 'callee'],
  ['a number that is not there', verdictOf(sipFailure(404, 'Not Found'), 'far-end', 'outbound'), false, 'network'],
  ['a server that is full', verdictOf(sipFailure(503, 'x'), 'far-end', 'outbound'), true, 'network'],
  ['a status of tomorrow', verdictOf(sipFailure(499, 'x'), 'far-end', 'outbound'), false, 'network'],
  ['a caller that gives up', verdictOf(sipFailure(487, 'x'), 'far-end', 'inbound'), false, 'caller'],
  ['an application that gives up', verdictOf(sipFailure(487, 'x'), 'application', 'outbound'), false, 'application'],
  ['a call that the box refuses', verdictOf(sipFailure(503, 'x'), 'box', 'inbound'), true, 'box'],
  ['a callee that hangs up', verdictOf(endReasons.normalClearing, 'far-end', 'outbound'), false, 'callee'],
  ['a caller that hangs up', verdictOf(endReasons.normalClearing, 'far-end', 'inbound'), false, 'caller'],
  [
    'the second side of a bridge',
    verdictOf({ ...endReasons.normalClearing, party: 'callee' }, 'far-end', 'inbound'),
    false,
    'callee',
  ],
  [
    'an application that hangs up',
    verdictOf(endReasons.normalClearing, 'application', 'outbound'),
    false,
    'application',
  ],
  ['a call that broke', verdictOf(endReasons.unexpectedClearing, 'box', 'inbound'), true, 'box'],
  ['a call whose media cannot be secured', verdictOf(endReasons.mediaNotSecured, 'box', 'outbound'), false, 'box'],
  ['a call without media', verdictOf(endReasons.mediaTimeout, 'box', 'inbound'), false, 'box'],
];

for (const [name, verdict, retriable, endedBy] of verdicts) {
  test(`${name}: ended by ${endedBy}, ${retriable ? 'worth' : 'not worth'} another try`, () => {
    assert.equal([verdict.retriable, verdict.endedBy], [retriable, endedBy]);
  });
}

test('code and message stay what the monitoring API knows; the detail stands beside them', () => {
  const { code, message, detail } = verdictOf(because(endReasons.unexpectedClearing, 'no ACK'), 'box', 'inbound');
  assert.equal([code, message, detail], ['703', 'Unexpected Clearing', 'no ACK']);
});

test.run();
