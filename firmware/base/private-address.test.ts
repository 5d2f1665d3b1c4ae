import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isPrivateAddress } from './private-address.ts';

const refused = [
  '127.0.0.1',
  '127.8.9.10',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'fd00::1',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '::127.0.0.1',
  'localhost',
  '',
];
const allowed = ['8.8.8.8', '172.32.0.1', '192.0.2.7', '100.128.0.1', '2a00:1450::1', '::ffff:8.8.8.8'];

for (const address of refused) {
  test(`${address || 'nothing'} is not a public host`, () => assert.is(isPrivateAddress(address), true));
}
for (const address of allowed) {
  test(`${address} is a public host`, () => assert.is(isPrivateAddress(address), false));
}

test.run();
