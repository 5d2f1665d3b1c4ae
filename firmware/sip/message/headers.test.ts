import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../base/errors.ts';
import { Headers } from './headers.ts';

test('names are found whatever their case or compactness, and written canonically', () => {
  const headers = Headers.of([
    ['v', 'SIP/2.0/UDP a'],
    ['FROM', '<sip:a@b>'],
    ['call-id', '1'],
    ['x-Custom', 'yes'],
  ]);
  assert.is(headers.get('Via'), 'SIP/2.0/UDP a');
  assert.is(headers.get('f'), '<sip:a@b>');
  assert.is(headers.get('I'), '1');
  assert.is(headers.get('X-CUSTOM'), 'yes');
  assert.is(headers.get('To'), undefined);
  assert.not(headers.has('To'));
  assert.equal(
    [...headers].map(([name]) => name),
    ['Via', 'From', 'Call-ID', 'x-Custom'],
  );
});

test('a header that may be a list is split at its commas, not at those in quotes or brackets', () => {
  const headers = Headers.of([
    ['Contact', '"Smith, J\\", " <sip:a,b@c>;q=1 , sip:d@e,'],
    ['Contact', '<sip:f@g>'],
  ]);
  assert.equal(headers.getAll('contact'), ['"Smith, J\\", " <sip:a,b@c>;q=1', 'sip:d@e', '<sip:f@g>']);
  assert.is(headers.get('Contact'), '"Smith, J\\", " <sip:a,b@c>;q=1');
});

test('a header that is no list keeps its commas', () => {
  const challenge = 'Digest realm="a", nonce="b"';
  const headers = Headers.of([
    ['WWW-Authenticate', challenge],
    ['WWW-Authenticate', challenge],
    ['Subject', 'one, two'],
    ['Date', 'Sat, 13 Nov 2010 23:29:00 GMT'],
    ['X-List', 'a, b'],
  ]);
  assert.equal(headers.getAll('WWW-Authenticate'), [challenge, challenge]);
  assert.equal(headers.getAll('Subject'), ['one, two']);
  assert.is(headers.get('Date'), 'Sat, 13 Nov 2010 23:29:00 GMT');
  assert.equal(headers.getAll('X-List'), ['a, b']);
});

test('fields keep their order through set, prepend and delete', () => {
  const headers = Headers.of([
    ['Via', 'a'],
    ['Route', 'r'],
    ['Via', 'b'],
    ['To', 't'],
  ]);
  headers.set('Via', ['a;received=1', 'b']);
  headers.prepend('Via', 'ours');
  headers.delete('route');
  headers.set('Expires', '60');
  assert.equal(
    [...headers],
    [
      ['Via', 'ours'],
      ['Via', 'a;received=1'],
      ['Via', 'b'],
      ['To', 't'],
      ['Expires', '60'],
    ],
  );
  assert.is(headers.size, 5);
});

test('no value and no name can break a line', () => {
  const headers = Headers.of([['To', 'before']]);
  for (const value of ['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\0b'])
    for (const put of ['add', 'set', 'prepend'] as const)
      assert.throws(
        () => headers[put]('To', value),
        (error: unknown) => isCrosspointError(error) && error.code === 'sip.line-break',
      );
  for (const name of ['', 'X Evil', 'X:', 'X\r\n', 'Ünicode'])
    assert.throws(
      () => headers.add(name, 'x'),
      (error: unknown) => isCrosspointError(error) && error.code === 'sip.header-name',
    );
  assert.equal([...headers], [['To', 'before']]);
});

test.run();
