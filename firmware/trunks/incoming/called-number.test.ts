import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calledNumber, statusOfUnknown } from './called-number.ts';

const RULES = { country: '44', trunkPrefix: '0', international: '00' };

for (const [uri, text, e164] of [
  ['sip:+442071234567@box.example.com', '+442071234567', '+442071234567'],
  ['sip:02071234567@box.example.com;user=phone', '02071234567', '+442071234567'],
  ['tel:+44-20-7123-4567', '+442071234567', '+442071234567'],
  ['sip:+442071234567;npdi;rn=+442070000000@box.example.com;user=phone', '+442071234567', '+442071234567'],
  ['sip:reception@box.example.com', 'reception', null],
] as const) {
  test(`${uri} calls ${text}`, () => {
    assert.equal(calledNumber(uri, RULES), { kind: 'number', number: { text, e164 } });
  });
}

test('a host alone calls nobody', () => {
  assert.equal(calledNumber('sip:box.example.com', RULES), { kind: 'none', status: 404 });
});

test('an unreadable address is refused as such', () => {
  assert.equal(calledNumber('mailto:a@example.com', RULES), { kind: 'none', status: 416 });
});

test('a number that begins like one of E.164 and is too short lacks digits', () => {
  assert.equal(
    ['+44', '+', '+4420712', '+442071234567', '112', 'bob'].map(text => statusOfUnknown({ text, e164: null })),
    [484, 484, 404, 404, 404, 404],
  );
});

test.run();
