import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../../message/headers.ts';
import type { SipResponse } from '../../message/message.ts';
import { ReliableOrder } from './reliable-order.ts';

function ringing(rseq: string | null, require = '100rel', status = 180): SipResponse {
  const headers = new Headers();
  if (require) headers.add('Require', require);
  if (rseq !== null) headers.add('RSeq', rseq);
  return { kind: 'response', status, reason: '', headers, body: Buffer.alloc(0) };
}

const kinds = (responses: readonly SipResponse[]) => {
  const order = new ReliableOrder();
  return responses.map(each => order.judge(each).kind);
};

test('RFC 3262 §4: any first RSeq, then one after the other', () => {
  const responses = [
    ringing('9021'),
    ringing('9022'),
    ringing('9024'),
    ringing('9021'),
    ringing('9023'),
    ringing('9024'),
  ];
  assert.equal(kinds(responses), ['next', 'next', 'early', 'repeat', 'next', 'next']);
});

test('without Require: 100rel or with an RSeq that is none, a response is an ordinary one', () => {
  const odd = ['0', '-1', '', 'x', '1.5', '4294967296', '99999999999'].map(rseq => ringing(rseq));
  const plain = [ringing(null), ringing('1', ''), ringing('1', 'timer'), ringing('1', '100rel', 100), ...odd];
  assert.equal(new Set(kinds(plain)), new Set(['plain']));
});

test('100rel is found among other tags, in any case', () => {
  assert.equal(kinds([ringing('1', 'timer, 100REL'), ringing(' 2 '), ringing('4294967295')]), [
    'next',
    'next',
    'early',
  ]);
});

test.run();
