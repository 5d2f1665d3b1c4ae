import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseUri } from '../sip/message/uri.ts';
import { type NumberRules, type NumberStyle, numberOf, readNumber, writeNumber } from './number-format.ts';

const anywhere: NumberRules = { trunkPrefix: '0', international: '00' };
const britain: NumberRules = { country: '44', trunkPrefix: '0', international: '00' };
const america: NumberRules = { country: '1', trunkPrefix: '1', international: '011' };
const spain: NumberRules = { country: '34', trunkPrefix: '', international: '00' };

const READ: [text: string, rules: NumberRules, e164: string | null, bare?: string][] = [
  ['+442071234567', anywhere, '+442071234567'],
  ['442071234567', anywhere, '+442071234567'],
  ['00442071234567', anywhere, '+442071234567'],
  ['+44 (20) 7123-45.67', anywhere, '+442071234567', '+442071234567'],
  ['+442071234567;phone-context=example.com', anywhere, '+442071234567', '+442071234567'],
  ['+44 (0)20 7123 4567', britain, '+442071234567', '+4402071234567'],
  ['+39 06 1234567', britain, '+39061234567', '+39061234567'],
  ['+7 812 1234567', { country: '7', trunkPrefix: '8', international: '810' }, '+78121234567', '+78121234567'],
  ['2071234567;phone-context=+44', anywhere, '+442071234567', '2071234567'],
  ['112;phone-context=+44', britain, null, '112'],
  ['02071234567', anywhere, null],
  ['02071234567', britain, '+442071234567'],
  ['442071234567', britain, '+442071234567'],
  ['0033123456789', britain, '+33123456789'],
  ['01134612345678', america, '+34612345678'],
  ['12125551234', america, '+12125551234'],
  ['2125551234', america, '+12125551234'],
  ['5551234', america, null],
  ['612345678', spain, '+34612345678'],
  ['34612345678', spain, '+34612345678'],
  ['112', spain, null],
  ['112', britain, null],
  ['999', britain, null],
  ['1000', anywhere, null],
  ['+00000000', anywhere, null],
  ['00000000', anywhere, null],
  ['+1234567890123456', anywhere, null],
  ['1234567890123456', anywhere, null],
  ['*21*1000#', britain, null],
  ['alice.smith', britain, null],
  ['room-a', britain, null],
  ['', britain, null],
  ['+', britain, null],
  ['(-)', britain, null],
];

for (const [text, rules, e164, bare] of READ) {
  test(`"${text}" is read with country ${rules.country ?? 'unknown'}`, () =>
    assert.equal(readNumber(text, rules), { e164, text: bare ?? text }));
}

test('a tel URI and a SIP URI of one number call the same number', () => {
  for (const text of ['tel:+44-20-7123-4567', 'sip:+442071234567@example.com;user=phone', 'sip:%2B442071234567@a'])
    assert.is(numberOf(parseUri(text), britain).e164, '+442071234567', text);
  assert.is(numberOf(parseUri('tel:2071234567;phone-context=+44'), anywhere).e164, '+442071234567');
  assert.equal(numberOf(parseUri('sip:example.com'), britain), { e164: null, text: '' });
});

test('a very long user part is cut, not searched', () => {
  assert.ok(readNumber('('.repeat(100_000), britain).text.length <= 128);
});

const WRITTEN: [text: string, style: NumberStyle, rules: NumberRules, written: string][] = [
  ['+442071234567', 'e164', britain, '+442071234567'],
  ['+442071234567', 'plain', britain, '442071234567'],
  ['+442071234567', 'national', britain, '02071234567'],
  ['+33123456789', 'national', britain, '0033123456789'],
  ['+442071234567', 'international', britain, '00442071234567'],
  ['+12125551234', 'national', america, '12125551234'],
  ['+34612345678', 'national', spain, '612345678'],
  ['112', 'e164', britain, '112'],
  ['alice', 'plain', britain, 'alice'],
];

for (const [text, style, rules, written] of WRITTEN) {
  test(`${text} is written ${style} as ${written}, and read back as the same number`, () => {
    const number = readNumber(text, rules);
    assert.is(writeNumber(number, style, rules), written);
    assert.is(readNumber(written, rules).e164, number.e164);
  });
}

test.run();
