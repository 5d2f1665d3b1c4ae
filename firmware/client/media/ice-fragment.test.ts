import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { restartFragment, withFragment } from './ice-fragment.ts';

test('what restarts ICE is the credentials and the first media of the offer', () => {
  const offer =
    'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\nm=video 9 X 96\r\na=mid:1\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\n';
  assert.is(
    restartFragment(offer),
    'a=ice-ufrag:abcd\r\na=ice-pwd:secret\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n',
  );
});

test("the box's new credentials and candidates take the place of the old ones", () => {
  const before =
    'v=0\r\na=ice-lite\r\nm=audio 9 X 111\r\na=ice-ufrag:old\r\na=ice-pwd:oldpwd\r\na=candidate:1 1 udp 1 10.0.0.1 3480 typ host\r\na=end-of-candidates\r\na=mid:0\r\n';
  const fragment = 'a=ice-ufrag:new\r\na=ice-pwd:newpwd\r\na=candidate:1 1 udp 1 10.0.0.2 3480 typ host\r\n';
  assert.is(
    withFragment(before, fragment),
    'v=0\r\na=ice-lite\r\nm=audio 9 X 111\r\na=ice-ufrag:new\r\na=ice-pwd:newpwd\r\na=candidate:1 1 udp 1 10.0.0.2 3480 typ host\r\na=mid:0\r\n',
  );
});

test('an answer without credentials is none', () => {
  assert.throws(() => withFragment('v=0\r\n', ''), /no ICE credentials/);
});

test.run();
