import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Headers } from '../../message/headers.ts';
import type { SipResponse } from '../../message/message.ts';
import { parseUri, type SipUri } from '../../message/uri.ts';
import type { InviteOptions } from '../invite-listener.ts';
import { redirectContacts } from './redirect-contacts.ts';
import { firstAim, Redirects } from './redirects.ts';

function moved(contacts: readonly string[], status = 302): SipResponse {
  const headers = Headers.of(contacts.map(each => ['Contact', each] as const));
  return { kind: 'response', status, reason: 'Moved', headers, body: Buffer.alloc(0) };
}

/** Null: without a rule where a redirect may lead. */
function redirects(options: Partial<InviteOptions> | null = {}): Redirects {
  const all: InviteOptions = {
    target: parseUri('sip:bob@pbx.example.com'),
    requestUri: 'sip:bob@pbx.example.com',
    from: { uri: 'sip:alice@example.com' },
    to: 'sip:bob@pbx.example.com',
    headers: [],
    body: Buffer.alloc(0),
    contentType: 'application/sdp',
    ringLimitMs: 1000,
    followRedirects: 3,
    ...(options && { allowRedirect: () => true, ...options }),
  };
  return new Redirects(all, firstAim(all));
}

function all(list: Redirects): string[] {
  const found: string[] = [];
  for (let aim = list.next(); aim; aim = list.next()) found.push(aim.requestUri);
  return found;
}

test('contacts come in the order of q, without what a redirect has no say in', () => {
  const { headers } = moved([
    '<sip:c@example.com>;q=0.1, "B, b" <sip:b@example.com;transport=tcp;method=BYE?Subject=x>;q=0.5',
    '<mailto:x@example.com>, <http://example.com>, <sip:[broken>, *',
    'sip:a@example.com',
    '<tel:+15550100>;q=2',
  ]);
  assert.equal(redirectContacts(headers), [
    { uri: 'sip:a@example.com', q: 1 },
    { uri: 'tel:+15550100', q: 1 },
    { uri: 'sip:b@example.com;transport=tcp', q: 0.5 },
    { uri: 'sip:c@example.com', q: 0.1 },
  ]);
});

test('a server that names contacts without end is read to a limit', () => {
  const contacts = Array.from({ length: 5000 }, (_, each) => `<sip:${each}@example.com>`);
  assert.is(redirectContacts(moved([contacts.join(',')]).headers).length, 8);
});

test('a contact that names our host and leads to another one is not followed', () => {
  for (const options of [{}, null]) {
    const list = redirects(options);
    list.follow(moved(['<sip:bob2@pbx.example.com;maddr=192.0.2.66>', '<sip:bob3@pbx.example.com>']));
    assert.equal(all(list), ['sip:bob3@pbx.example.com']);
  }
});

test('no URI is called twice, the first one included', () => {
  const list = redirects();
  assert.ok(list.follow(moved(['<sip:bob@pbx.example.com>', '<sip:x@example.com>', '<sip:x@example.com>'])));
  assert.equal(all(list), ['sip:x@example.com']);
  assert.not(list.follow(moved(['<sip:x@example.com>', '<sip:bob@pbx.example.com>'])));
});

test('a redirect of a redirect is tried before what else the first one named', () => {
  const list = redirects();
  list.follow(moved(['<sip:a@example.com>', '<sip:b@example.com>']));
  assert.is(list.next()?.requestUri, 'sip:a@example.com');
  list.follow(moved(['<sip:c@example.com>']));
  assert.equal(all(list), ['sip:c@example.com', 'sip:b@example.com']);
});

test('only so many are followed, none by default, and 305 and 380 never', () => {
  const some = ['<sip:a@pbx.example.com>'];
  assert.not(redirects({ followRedirects: 0 }).follow(moved(some)));
  const list = redirects({ followRedirects: 1 });
  for (const status of [305, 380, 399]) assert.not(list.follow(moved(some, status)));
  for (const status of [300]) assert.ok(list.follow(moved(some, status)));
  assert.not(list.follow(moved(['<sip:b@pbx.example.com>'], 301)));
});

test('the owner says where a redirect may lead; without a rule only to the same host', () => {
  const contacts = ['<sip:a@pbx.example.com>', '<sip:b@elsewhere.example.com>', '<tel:+19005550100>'];
  const strict = redirects(null);
  strict.follow(moved(contacts));
  assert.equal(all(strict), ['sip:a@pbx.example.com']);
  const asked: string[] = [];
  const list = redirects({
    allowRedirect: (uri: SipUri) => asked.push(uri.host || 'tel') > 0 && uri.host === 'elsewhere.example.com',
  });
  list.follow(moved(contacts));
  assert.equal(asked, ['pbx.example.com', 'elsewhere.example.com', 'tel']);
  assert.equal(all(list), ['sip:b@elsewhere.example.com']);
});

test('a number is asked for at the host that was called', () => {
  const list = redirects();
  list.follow(moved(['<tel:+1-555-0100>']));
  const aim = list.next();
  assert.is(aim?.requestUri, 'sip:+15550100@pbx.example.com;user=phone');
  assert.is(aim?.target.host, 'pbx.example.com');
});

test('a call to a sips: target is not led to a sip: one', () => {
  const list = redirects({ target: parseUri('sips:bob@pbx.example.com') });
  list.follow(moved(['<sip:a@example.com>', '<sips:b@example.com>']));
  assert.equal(all(list), ['sips:b@example.com']);
});

test.run();
