import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { infoBody, infoDigit } from './info-digit.ts';

const read = (type: string, body: string) => infoDigit(type, Buffer.from(body));

test('a digit is read in the forms that phones send', () => {
  for (const [type, body, digit, durationMs] of [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160\r\n', '5', 160],
    ['application/dtmf-relay', 'Signal= *\r\nDuration= 250', '*', 250],
    ['Application/DTMF-Relay; charset=x', 'signal=#\n', '#', 100],
    ['application/dtmf-relay', 'Signal=11\r\nDuration=100\r\n', '#', 100],
    ['application/dtmf', '7', '7', 100],
    ['application/dtmf', 'Signal=a\r\nDuration=90\r\n', 'A', 90],
    ['application/dtmf', '10\r\n', '*', 100],
  ] as const)
    assert.equal(read(type, body), { digit, durationMs }, body);
});

test('a duration that nobody can have meant is brought into bounds', () => {
  assert.equal(read('application/dtmf-relay', 'Signal=1\r\nDuration=0'), { digit: '1', durationMs: 40 });
  assert.equal(read('application/dtmf-relay', 'Signal=1\r\nDuration=999999'), { digit: '1', durationMs: 5000 });
  assert.equal(read('application/dtmf-relay', 'Signal=1\r\nDuration=-3'), { digit: '1', durationMs: 100 });
});

test('what tells no digit is malformed, and another type is another matter', () => {
  for (const body of ['', 'Signal=', 'Signal=X', 'Signal=123', 'Duration=100', `Signal=1${' '.repeat(300)}`])
    assert.is(read('application/dtmf-relay', body), 'malformed', body);
  assert.is(read('application/dtmf', 'hello'), 'malformed');
  assert.is(read('application/media_control+xml', '<x/>'), null);
  assert.is(read('', ''), null);
});

test('what we send is what we read', () => {
  assert.equal(infoDigit('application/dtmf-relay', infoBody('#', 119.6)), { digit: '#', durationMs: 120 });
});

test.run();
