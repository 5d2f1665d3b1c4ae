import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DigestSession } from '../auth/digest-session.ts';
import type { SipRequest } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { DnsServer } from '../resolver/dns-server.fixture.ts';
import type { RequestOptions, RequestOutcome } from './out-of-dialog.ts';
import { RawPeer } from './raw-peer.fixture.ts';
import { emptied, NOTHING, startAgent } from './user-agent.fixture.ts';
import type { UserAgent, UserAgentOptions } from './user-agent.ts';

interface Scene {
  readonly agent: UserAgent;
  readonly port: number;
  readonly peers: readonly [RawPeer, RawPeer];
  readonly dns: DnsServer;
  ask(options?: Partial<RequestOptions>): Promise<RequestOutcome>;
  /** The SRV answer of trunk.example.com: the two peers, the first one first. */
  publishPeers(): void;
}

const BASE = { from: { uri: 'sip:box@example.com' }, headers: [] } as const;

async function scene(run: (scene: Scene) => Promise<void>, options: Partial<UserAgentOptions> = {}): Promise<void> {
  const dns = await new DnsServer({}).start();
  const agent = await startAgent({ dnsServers: [dns.address], ...options });
  const peers = [await new RawPeer().start(), await new RawPeer().start()] as const;
  const uri = `sip:127.0.0.1:${peers[0].port}`;
  const publishPeers = () => {
    const srv = peers.map(({ port }, at) => ({ priority: at, weight: 0, port, target: 'host.example.com' }));
    dns.zone = { srv: { '_sip._udp.trunk.example.com': srv }, a: { 'host.example.com': ['127.0.0.1'] } };
  };
  const ask = (more: Partial<RequestOptions> = {}) =>
    agent.request({ ...BASE, method: 'OPTIONS', target: parseUri(uri), requestUri: uri, to: uri, ...more });
  try {
    await run({ agent, port: agent.listening[0]!.port, peers, dns, ask, publishPeers });
    assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([agent.close(), dns.close(), ...peers.map(peer => peer.close())]);
  }
}

const BOTH: UserAgentOptions['listeners'] = [
  { transport: 'udp', host: '127.0.0.1', port: 0 },
  { transport: 'tcp', host: '127.0.0.1', port: 0 },
];
const LARGE = { method: 'MESSAGE', body: Buffer.alloc(1_400, 'x'), contentType: 'text/plain' };

const TRUNK = { target: parseUri('sip:trunk.example.com'), requestUri: 'sip:trunk.example.com' };

/** Throws, with what went wrong, when it was not answered. */
function answered(outcome: RequestOutcome): Extract<RequestOutcome, { kind: 'response' }> {
  if (outcome.kind === 'response') return outcome;
  throw new Error(`${outcome.code}: ${outcome.message}`);
}

function failedWith(outcome: RequestOutcome): string {
  return outcome.kind === 'failed' ? outcome.code : `answered ${outcome.status}`;
}

test('OPTIONS is answered by another box, and how long that took is known', async () => {
  const other = await startAgent();
  try {
    await scene(async ({ ask }) => {
      const uri = `sip:127.0.0.1:${other.listening[0]!.port}`;
      const { status, headers, hop, local, roundTripMs } = answered(
        await ask({ target: parseUri(uri), requestUri: uri }),
      );
      assert.is(status, 200);
      assert.match(headers.get('Allow') ?? [].join(), /INVITE/);
      assert.equal(hop, { transport: 'udp', address: '127.0.0.1', port: other.listening[0]!.port });
      assert.is(local.address, '127.0.0.1');
      assert.ok(roundTripMs > 0 && roundTripMs < 1000);
    });
  } finally {
    await other.close();
  }
});

test('a request carries what RFC 3261 §8.1.1 asks for, and what its owner gave', () =>
  scene(async ({ ask, peers, port }) => {
    const uri = 'sip:registrar.example.com';
    const asking = ask({
      method: 'REGISTER',
      requestUri: uri,
      to: 'sip:box@example.com',
      headers: [['Expires', '600']],
      callId: 'registration-1',
      cseq: 41,
      contact: true,
    });
    const request = await peers[0].request('REGISTER');
    const { headers } = request;
    assert.is(request.uri, uri);
    assert.is(headers.get('Call-ID'), 'registration-1');
    assert.is(headers.get('CSeq'), '41 REGISTER');
    assert.is(headers.get('To'), '<sip:box@example.com>');
    assert.match(headers.get('From')!, /^<sip:box@example\.com>;tag=\w{16}$/);
    assert.is(headers.get('Contact'), `<sip:box@127.0.0.1:${port}>`);
    assert.is(headers.get('Expires'), '600');
    assert.is(headers.get('Max-Forwards'), '70');
    assert.is(headers.get('User-Agent'), 'test');
    peers[0].answer(request, 200, port, { headers: [['Contact', '<sip:box@127.0.0.1>;expires=300']] });
    const { status, reason, headers: answer, cseq } = answered(await asking);
    assert.equal([status, reason, cseq], [200, 'OK', 41]);
    assert.is(answer.get('Contact'), '<sip:box@127.0.0.1>;expires=300');
  }));

test('a body goes with its type, and needs one', () =>
  scene(async ({ ask, peers, port }) => {
    const body = Buffer.from('hello');
    const asking = ask({ method: 'MESSAGE', body, contentType: 'text/plain' });
    const request = await peers[0].request('MESSAGE');
    assert.equal([request.headers.get('Content-Type'), request.body.toString()], ['text/plain', 'hello']);
    peers[0].answer(request, 202, port);
    assert.is(answered(await asking).status, 202);
    assert.is(failedWith(await ask({ method: 'MESSAGE', body })), 'sip.no-content-type');
  }));

const CHALLENGE = ['WWW-Authenticate', 'Digest realm="r", nonce="n1", qop="auth"'] as const;
const nc = (request: SipRequest) => /nc=(\d+)/.exec(request.headers.get('Authorization') ?? '')?.[1] ?? null;

test('a challenge is answered with the next CSeq; what was learnt serves the next request from its first sending', () =>
  scene(async ({ ask, peers, port }) => {
    const auth = { username: 'box', password: 'secret' };
    const digestSession = new DigestSession(auth);
    const register = { method: 'REGISTER', auth, digestSession, callId: 'same' };
    const asking = ask(register);
    peers[0].answer(await peers[0].request('REGISTER'), 401, port, { headers: [CHALLENGE] });
    const again = await peers[0].request('REGISTER');
    assert.equal([again.headers.get('CSeq'), nc(again)], ['2 REGISTER', '00000001']);
    peers[0].answer(again, 200, port);
    const { cseq } = answered(await asking);
    assert.is(cseq, 2);

    const refreshing = ask({ ...register, cseq: cseq + 1 });
    const refresh = await peers[0].request('REGISTER');
    assert.equal([refresh.headers.get('CSeq'), nc(refresh)], ['3 REGISTER', '00000002']);
    peers[0].answer(refresh, 200, port);
    assert.is(answered(await refreshing).status, 200);
  }));

test('a challenge without credentials, or a second one of the same nonce, is the outcome', () =>
  scene(async ({ ask, peers, port }) => {
    const asking = ask();
    peers[0].answer(await peers[0].request('OPTIONS'), 401, port, { headers: [CHALLENGE] });
    assert.is(answered(await asking).status, 401);

    const wrong = ask({ auth: { username: 'box', password: 'wrong' } });
    for (let at = 0; at < 2; at++)
      peers[0].answer(await peers[0].request('OPTIONS'), 401, port, { headers: [CHALLENGE] });
    assert.is(answered(await wrong).status, 401);
    assert.is(peers[0].received.length, 3);
  }));

test('a 503 sends it on to the next hop, which is asked first from then on', () =>
  scene(async ({ ask, peers, port, publishPeers }) => {
    publishPeers();
    const asking = ask({ ...TRUNK, callId: 'over-hops' });
    const first = await peers[0].request('OPTIONS');
    peers[0].answer(first, 503, port);
    const second = await peers[1].request('OPTIONS');
    assert.equal([second.headers.get('Call-ID'), second.headers.get('CSeq')], ['over-hops', '2 OPTIONS']);
    peers[1].answer(second, 200, port);
    const outcome = answered(await asking);
    assert.equal([outcome.status, outcome.hop.port, outcome.cseq], [200, peers[1].port, 2]);

    const later = ask(TRUNK);
    peers[1].answer(await peers[1].request('OPTIONS'), 200, port);
    assert.is(answered(await later).hop.port, peers[1].port);
    assert.is(peers[0].received.length, 1);
  }));

test('a silent hop gets its share of the time, then the next one its own', () =>
  scene(async ({ ask, peers, port, publishPeers }) => {
    publishPeers();
    const begun = performance.now();
    const asking = ask({ ...TRUNK, timeoutMs: 300 });
    const request = await peers[1].request('OPTIONS');
    const waitedMs = performance.now() - begun;
    assert.ok(waitedMs > 100 && waitedMs < 290, `${waitedMs} ms`);
    assert.ok(peers[0].received.length >= 3, 'the first hop heard it again and again');
    peers[1].answer(request, 404, port);
    assert.is(answered(await asking).status, 404);
  }));

test('when every hop is busy or silent, the answer that came is the outcome; without any it is a time-out', () =>
  scene(async ({ ask, peers, port, publishPeers }) => {
    publishPeers();
    const asking = ask({ ...TRUNK, timeoutMs: 200 });
    peers[0].answer(await peers[0].request('OPTIONS'), 503, port);
    assert.is(answered(await asking).status, 503);
    assert.is(failedWith(await ask({ ...TRUNK, timeoutMs: 100 })), 'sip.timeout');
  }));

test('a provisional response is not the end of it', () =>
  scene(async ({ ask, peers, port }) => {
    const asking = ask();
    const request = await peers[0].request('OPTIONS');
    peers[0].answer(request, 100, port);
    peers[0].answer(request, 486, port);
    assert.is(answered(await asking).status, 486);
  }));

test('a port where nobody listens fails over TCP, and the next hop is asked', () =>
  scene(
    async ({ ask, dns, peers, port }) => {
      const target = 'host.example.com';
      dns.zone = {
        naptr: {
          'trunk.example.com': [
            {
              order: 1,
              preference: 1,
              flags: 's',
              service: 'SIP+D2T',
              regexp: '',
              replacement: '_sip._tcp.example.com',
            },
            {
              order: 2,
              preference: 1,
              flags: 's',
              service: 'SIP+D2U',
              regexp: '',
              replacement: '_sip._udp.example.com',
            },
          ],
        },
        srv: {
          '_sip._tcp.example.com': [{ priority: 0, weight: 0, port: peers[0].port, target }],
          '_sip._udp.example.com': [{ priority: 0, weight: 0, port: peers[1].port, target }],
        },
        a: { [target]: ['127.0.0.1'] },
      };
      const asking = ask(TRUNK);
      peers[1].answer(await peers[1].request('OPTIONS'), 200, port);
      assert.is(answered(await asking).hop.transport, 'udp');
    },
    { listeners: BOTH },
  ));

test('what is too large for a datagram goes over TCP, and over UDP after all where TCP is refused', () =>
  scene(
    async ({ ask, peers, port }) => {
      const asking = ask(LARGE);
      const request = await peers[0].request('MESSAGE');
      assert.is(request.headers.get('CSeq'), '2 MESSAGE', 'the first was for TCP');
      peers[0].answer(request, 200, port);
      assert.is(answered(await asking).hop.transport, 'udp');
    },
    { listeners: BOTH },
  ));

test('a large request reaches a peer that listens to TCP over TCP, unless its target says UDP', async () => {
  const other = await startAgent({ listeners: BOTH });
  try {
    await scene(
      async ({ ask }) => {
        // One port for both, as a target without a transport means.
        const uri = `sip:127.0.0.1:${other.listening[1]!.port}`;
        const outcome = answered(await ask({ ...LARGE, target: parseUri(uri), requestUri: uri }));
        assert.equal([outcome.status, outcome.hop.transport], [405, 'tcp']);
        const udp = `sip:127.0.0.1:${other.listening[0]!.port};transport=udp`;
        const said = answered(await ask({ ...LARGE, target: parseUri(udp), requestUri: udp }));
        assert.equal([said.status, said.hop.transport], [405, 'udp']);
      },
      { listeners: BOTH },
    );
  } finally {
    await other.close();
  }
});

test('what cannot be found or written is an outcome with a name, and nothing is sent', () =>
  scene(async ({ ask, peers }) => {
    const cases: [Partial<RequestOptions>, string][] = [
      [{ target: parseUri('sip:nowhere.example.com') }, 'sip.target-unresolved'],
      [{ target: parseUri('tel:+15550100') }, 'sip.no-target'],
      [{ target: parseUri('sip:127.0.0.1;transport=tcp') }, 'sip.transport-unsupported'],
      [{ method: 'INVITE' }, 'sip.bad-method'],
      [{ method: 'A B' }, 'sip.bad-method'],
      [{ requestUri: 'http://example.com' }, 'sip.malformed'],
      [{ to: 'sip:a b@example.com' }, 'sip.malformed'],
      [{ headers: [['X-A', 'b\r\nX-C: d']] }, 'sip.line-break'],
      [{ callId: 'a\r\nb' }, 'sip.line-break'],
      [{ headers: [['Call-ID', 'mine']] }, 'sip.reserved-header'],
      [{ headers: [['X A', 'b']] }, 'sip.header-name'],
      [{ cseq: -1 }, 'sip.malformed'],
    ];
    for (const [options, code] of cases) assert.is(failedWith(await ask(options)), code);
    assert.is(peers[0].received.length, 0);
  }));

test('closing the stack settles what is under way', async () => {
  const peer = await new RawPeer().start();
  const agent = await startAgent();
  try {
    const uri = `sip:127.0.0.1:${peer.port}`;
    const asking = agent.request({ ...BASE, method: 'OPTIONS', target: parseUri(uri), requestUri: uri, to: uri });
    await peer.request('OPTIONS');
    await agent.close();
    assert.is(failedWith(await asking), 'sip.closed');
    assert.is(
      failedWith(await agent.request({ ...BASE, method: 'OPTIONS', target: parseUri(uri), requestUri: uri, to: uri })),
      'sip.transport-unsupported',
    );
  } finally {
    await Promise.all([agent.close(), peer.close()]);
  }
});

test.run();
