import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../base/ids.ts';
import { numberUri } from './number-uri.ts';

const APP = 'app' as ProjectId;
const CARRIER = { name: 'carrier', targets: ['sip:sip.carrier.com'] };
const BACKUP = { name: 'backup', targets: ['sip:sip.backup.com'] };
const PHONES = { name: 'phones', targets: [] };

const parts = (trunks: { name: string; targets: string[] }[], via?: string, own: string[] = []) => ({
  trunks,
  via: () => via,
  isOwn: (number: string) => own.includes(number),
});

for (const [number, uri] of [
  ['442071234567', 'sip:+442071234567@carrier'],
  ['+44 (20) 7123-4567', 'sip:+442071234567@carrier'],
  ['00442071234567', 'sip:+442071234567@carrier'],
  ['02071234567', 'sip:02071234567@carrier'],
  ['112', 'sip:112@carrier'],
] as const) {
  test(`a script calls ${number} as ${uri}, over the only trunk that has targets`, () =>
    assert.is(numberUri(parts([PHONES, CARRIER]), APP, number), uri));
}

test('of several trunks the named one is called; a number of our own stays inside', () => {
  assert.is(numberUri(parts([CARRIER, BACKUP], 'backup'), APP, '15550100200'), 'sip:+15550100200@backup');
  assert.is(
    numberUri(parts([CARRIER], undefined, ['+15550100200']), APP, '15550100200'),
    'sip:+15550100200@numbers.invalid',
  );
});

test('where no trunk is the one, the error says what to write', () => {
  assert.throws(() => numberUri(parts([PHONES]), APP, '15550100200'), /write one with targets under trunks/);
  assert.throws(
    () => numberUri(parts([CARRIER, BACKUP]), APP, '15550100200'),
    (error: { code: string; message: string }) =>
      error.code === 'trunk.none-for-numbers' && /carrier, backup.*numbersVia/.test(error.message),
  );
  for (const number of ['', 'bob', '1@evil.example.com', '1;transport=tls'])
    assert.throws(() => numberUri(parts([CARRIER]), APP, number), /is no number/);
});

test.run();
