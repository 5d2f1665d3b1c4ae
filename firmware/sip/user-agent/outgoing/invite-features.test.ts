import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../../message/headers.ts';
import type { SipResponse } from '../../message/message.ts';
import type { InviteOptions } from '../invite-listener.ts';
import { afterRefusal, featuresOf, type InviteFeatures } from './invite-features.ts';

const OFFER = Buffer.from('v=0\r\n');

function features(options: Partial<InviteOptions> = {}, answersOffers = false): InviteFeatures {
  return featuresOf({ body: OFFER, ...options } as InviteOptions, answersOffers);
}

function refusal(status: number, ...headers: [string, string][]): SipResponse {
  return { kind: 'response', status, reason: '', headers: Headers.of(headers), body: Buffer.alloc(0) };
}

test('100rel is offered, required or left out as the owner says', () => {
  assert.ok(features().supported.includes('100rel'));
  assert.equal(features().required, []);
  assert.equal(features({ reliable: 'required' }).required, ['100rel']);
  assert.not(features({ reliable: 'off' }).supported.includes('100rel'));
});

test('an INVITE without an offer takes reliable responses only when somebody can answer the offer in them', () => {
  const body = Buffer.alloc(0);
  assert.not(features({ body, reliable: 'required' }).supported.includes('100rel'));
  assert.equal(features({ body, reliable: 'required' }).required, []);
  assert.ok(features({ body }, true).supported.includes('100rel'));
});

test('422 raises the interval to what it names, and only upwards', () => {
  const asked = features({ sessionTimer: { intervalS: 600, minS: 90 } });
  assert.equal(afterRefusal(asked, refusal(422, ['Min-SE', '1200']))?.sessionTimer, { intervalS: 1200, minS: 1200 });
  assert.equal(afterRefusal(asked, refusal(422, ['Min-SE', '300']))?.sessionTimer, { intervalS: 600, minS: 300 });
  for (const headers of [[], [['Min-SE', '90']], [['Min-SE', 'x']]] as [string, string][][]) {
    assert.is(afterRefusal(asked, refusal(422, ...headers)), null);
  }
  assert.equal(afterRefusal(features(), refusal(422, ['Min-SE', '120']))?.sessionTimer, { intervalS: 120, minS: 120 });
});

test('420 for what was never required is taken at its word, once', () => {
  const asked = features({ sessionTimer: { intervalS: 600, minS: 90 } });
  const less = afterRefusal(asked, refusal(420, ['Unsupported', 'Timer, 100rel']));
  assert.equal(
    less?.supported.filter(tag => tag === 'timer' || tag === '100rel'),
    [],
  );
  assert.is(less?.sessionTimer, null);
  assert.is(afterRefusal(less!, refusal(420, ['Unsupported', 'timer'])), null);
  const none = afterRefusal(asked, refusal(420));
  assert.equal(none?.supported, []);
  assert.is(afterRefusal(none!, refusal(420)), null);
});

test('420 for what the owner requires stays a refusal', () => {
  const asked = features({ reliable: 'required' });
  assert.is(afterRefusal(asked, refusal(420, ['Unsupported', '100rel'])), null);
  assert.is(afterRefusal(asked, refusal(420)), null);
});

test('other refusals change nothing', () => {
  for (const status of [400, 421, 486, 503]) assert.is(afterRefusal(features(), refusal(status)), null);
});

test.run();
