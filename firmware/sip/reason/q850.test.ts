import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { causeName, causeOfStatus, statusOfCause } from './q850.ts';

// RFC 3398 §7.2.4.1
const TO_SIP: [cause: number, status: number | null][] = [
  [1, 404],
  [2, 404],
  [3, 404],
  [16, null],
  [17, 486],
  [18, 408],
  [19, 480],
  [20, 480],
  [21, 403],
  [22, 410],
  [23, 410],
  [26, 404],
  [27, 502],
  [28, 484],
  [29, 501],
  [31, 480],
  [34, 503],
  [38, 503],
  [41, 503],
  [42, 503],
  [47, 503],
  [55, 403],
  [57, 403],
  [58, 503],
  [65, 488],
  [70, 488],
  [79, 501],
  [87, 403],
  [88, 503],
  [102, 504],
  [111, 500],
  [127, 500],
  // Not named there.
  [44, 503],
  [25, 500],
  [95, 500],
  [0, 500],
  [200, 500],
];

// RFC 3398 §8.2.6.1
const FROM_SIP: [status: number, cause: number][] = [
  [400, 41],
  [401, 21],
  [402, 21],
  [403, 21],
  [404, 1],
  [405, 63],
  [406, 79],
  [407, 21],
  [408, 102],
  [410, 22],
  [413, 127],
  [414, 127],
  [415, 79],
  [416, 127],
  [420, 127],
  [421, 127],
  [423, 127],
  [480, 18],
  [481, 41],
  [482, 25],
  [483, 25],
  [484, 28],
  [485, 1],
  [486, 17],
  [500, 41],
  [501, 79],
  [502, 38],
  [503, 41],
  [504, 102],
  [505, 127],
  [513, 127],
  [600, 17],
  [603, 21],
  [604, 1],
  // Not named there.
  [200, 16],
  [302, 23],
  [487, 16],
  [488, 65],
  [499, 127],
  [599, 41],
  [699, 127],
];

for (const [cause, status] of TO_SIP)
  test(`cause ${cause} is SIP ${status}`, () => assert.is(statusOfCause(cause), status));

for (const [status, cause] of FROM_SIP)
  test(`SIP ${status} is cause ${cause}`, () => assert.is(causeOfStatus(status), cause));

test('every cause has a name, its own or that of its class', () => {
  assert.is(causeName(17), 'User busy');
  assert.is(causeName(35), 'Resource unavailable, unspecified');
  assert.is(causeName(126), 'Interworking, unspecified');
  for (const cause of [0, -1, 128, 1.5e9]) assert.is(causeName(cause), 'Unknown');
});

test('every status of a failure comes back as a failure', () => {
  for (let status = 400; status < 700; status++) {
    if (status === 487) continue;
    const back = statusOfCause(causeOfStatus(status));
    assert.ok(back !== null && back >= 400, `${status}`);
  }
});

test.run();
