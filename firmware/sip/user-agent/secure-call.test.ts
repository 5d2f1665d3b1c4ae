import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseUri } from '../message/uri.ts';
import { newAuthority } from '../transport/certificates.fixture.ts';
import {
  ANSWER,
  accepted,
  emptied,
  failed,
  NOTHING,
  nextInvite,
  place,
  remoteEnd,
  startAgent,
} from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

const authority = newAuthority('Secure Call Test');

/** Two user agents over TLS, each with a certificate of the same authority. */
async function pair(
  run: (caller: UserAgent, callee: UserAgent, host: string, port: number) => Promise<void>,
): Promise<void> {
  const start = () => {
    const { key, cert } = authority.issue('IP:127.0.0.1');
    const tls = { transport: 'tls', host: '127.0.0.1', port: 0, tls: { key, cert } } as const;
    const tlsClientFor = () => ({ ca: authority.cert, verify: true });
    return startAgent({ listeners: [tls], tlsClientFor });
  };
  const [caller, callee] = await Promise.all([start(), start()]);
  try {
    const { port } = callee.listening[0]!;
    await run(caller, callee, `127.0.0.1:${port}`, port);
    for (const agent of [caller, callee]) assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([caller.close(), callee.close()]);
  }
}

test('a sips call is sips both ways, and the callee can end it', () =>
  pair(async (caller, callee, host, port) => {
    const uri = `sips:bob@${host}`;
    const incoming = nextInvite(callee);
    const placed = place(caller, port, { target: parseUri(uri), requestUri: uri, to: uri });
    const invite = await incoming;
    assert.is(invite.source.transport, 'tls');
    assert.is(invite.request.uri, uri);
    assert.match(invite.request.headers.get('Contact') ?? '', /^<sips:/);
    const there = invite.accept(ANSWER)!;
    const { dialog, headers } = await accepted(placed);
    assert.match(headers.get('Contact') ?? '', /^<sips:bob@127\.0\.0\.1:\d+>$/);
    const ended = remoteEnd(dialog);
    assert.equal(await there.bye(), { status: 200 });
    assert.is((await ended).by, 'remote');
  }));

test('transport=tls secures the hop and leaves the URI as it is', () =>
  pair(async (caller, callee, host, port) => {
    const uri = `sip:bob@${host};transport=tls`;
    callee.onInvite = invite => {
      assert.match(invite.request.headers.get('Contact') ?? '', /^<sip:.*;transport=tls>$/);
      invite.reject(486);
    };
    assert.is((await failed(place(caller, port, { target: parseUri(uri), requestUri: uri, to: uri }))).status, 486);
  }));

test('who does not listen for TLS calls over it all the same, and hears the far end on the same connection', async () => {
  const { key, cert } = authority.issue('IP:127.0.0.1');
  const callee = await startAgent({
    listeners: [{ transport: 'tls', host: '127.0.0.1', port: 0, tls: { key, cert } }],
  });
  const caller = await startAgent({
    listeners: [{ transport: 'udp', host: '127.0.0.1', port: 0 }],
    tlsClientFor: () => ({ ca: authority.cert, verify: true }),
  });
  try {
    const uri = `sip:bob@127.0.0.1:${callee.listening[0]!.port};transport=tls`;
    const incoming = nextInvite(callee);
    const placed = place(caller, callee.listening[0]!.port, { target: parseUri(uri), requestUri: uri, to: uri });
    const there = (await incoming).accept(ANSWER)!;
    const { dialog } = await accepted(placed);
    const ended = remoteEnd(dialog);
    assert.equal(await there.bye(), { status: 200 });
    assert.is((await ended).by, 'remote');
    assert.equal(
      caller.listening.map(({ transport }) => transport),
      ['udp'],
    );
    for (const agent of [caller, callee]) assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([caller.close(), callee.close()]);
  }
});

test.run();
