import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressesInHosts } from './hosts-file.ts';

const HOSTS = `# the box
127.0.0.1\tlocalhost
::1  localhost ip6-localhost
192.0.2.7  PBX.example.com pbx   # main
192.0.2.8 pbx
192.0.2.7 pbx
not-an-address pbx
#192.0.2.9 hidden.example.com
`;

test('every address of a name is found once, in order, whatever the case', () => {
  assert.equal(addressesInHosts(HOSTS, 'pbx'), ['192.0.2.7', '192.0.2.8']);
  assert.equal(addressesInHosts(HOSTS, 'pbx.example.com'), ['192.0.2.7']);
  assert.equal(addressesInHosts(HOSTS, 'localhost'), ['127.0.0.1', '::1']);
});

test('comments, parts of names and addresses are no names', () => {
  for (const name of ['hidden.example.com', 'main', 'example.com', '192.0.2.7', 'p']) {
    assert.equal(addressesInHosts(HOSTS, name), [], name);
  }
});

test.run();
