import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseUri } from '../../message/uri.ts';
import { newAuthority } from '../../transport/certificates.fixture.ts';
import { ANSWER, nextInvite, startAgent } from '../user-agent.fixture.ts';
import { onRig } from './outgoing-call.fixture.ts';

test('a call to a sips: target is asked for as sips: and leaves a sips: Contact, over TLS', async () => {
  const authority = newAuthority('calls');
  const tls = authority.issue('IP:127.0.0.1');
  const tlsClientFor = () => ({ verify: true, ca: authority.cert });
  const listeners = [{ transport: 'tls', host: '127.0.0.1', port: 0, tls }] as const;
  const callee = await startAgent({ listeners, tlsClientFor });
  const incoming = nextInvite(callee);
  const uri = `sip:bob@127.0.0.1:${callee.listening[0]?.port}`;
  await onRig(
    async ({ call }) => {
      const heard = call({ target: parseUri(uri.replace('sip:', 'sips:')), requestUri: uri });
      const invite = await incoming;
      assert.is(invite.source.transport, 'tls');
      assert.is(invite.request.uri, uri.replace('sip:', 'sips:'));
      assert.match(invite.request.headers.get('Contact') ?? '', /^<sips:/);
      invite.accept(ANSWER);
      const { dialog, reached } = await heard.accepted;
      assert.is(reached.hop.transport, 'tls');
      assert.equal(await dialog.bye(), { status: 200 });
    },
    { listeners, tlsClientFor },
  );
  await callee.close();
});

test.run();
