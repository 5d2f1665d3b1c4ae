import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from '../message/errors.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { ipv6Torture, RFC_4475, RFC_5118, torture } from '../message/torture.samples.ts';
import { parseUri } from '../message/uri.ts';
import type { IncomingRequest } from './incoming-request.ts';
import { SOURCE, Victim } from './victim.fixture.ts';

/**
 * The final answers that each message gets. 404 and 200 (to other than OPTIONS) are the owners' here: the stack has
 * understood the message and handed it on.
 */
interface Expected {
  readonly udp: readonly number[];
  /** Where a stream makes a difference. */
  readonly tcp?: readonly number[];
  /** What becomes of a stream that cannot be cut any more, or whose message never becomes whole. */
  readonly stream?: 'closed' | 'waits';
  /** In the answer. */
  readonly says?: RegExp;
}

const UNDERSTOOD: Expected = { udp: [200] };
const CALL: Expected = { udp: [404] };
const BAD: Expected = { udp: [400] };
const BREAKS: Expected = { udp: [400], stream: 'closed' };
const DROPPED: Expected = { udp: [] };

const TORTURE: Record<(typeof RFC_4475)[number], Expected> = {
  // With a To tag, of a dialog that there is not.
  wsinv: { udp: [481] },
  intmeth: { udp: [501], says: /^Allow: INVITE/m },
  esc01: CALL,
  escnull: UNDERSTOOD,
  esc02: { udp: [501], says: /^Allow: INVITE/m },
  lwsdisp: UNDERSTOOD,
  longreq: CALL,
  // On a stream the second one is a message as well, without Contact, and three bytes longer than it says.
  dblreq: { udp: [200], tcp: [200, 400], stream: 'closed' },
  semiuri: UNDERSTOOD,
  transports: UNDERSTOOD,
  mpart01: UNDERSTOOD,
  unreason: DROPPED,
  noreason: DROPPED,
  badinv01: BAD,
  clerr: { udp: [400], tcp: [], stream: 'waits' },
  ncl: BREAKS,
  scalar02: { udp: [400], says: /^CSeq: 36893488147419103232 REGISTER\r$/m },
  scalarlg: DROPPED,
  quotbal: BAD,
  ltgtruri: BAD,
  lwsruri: BAD,
  lwsstart: BAD,
  trws: BAD,
  escruri: CALL,
  baddate: CALL,
  regbadct: UNDERSTOOD,
  badaspec: UNDERSTOOD,
  baddn: UNDERSTOOD,
  badvers: { udp: [505] },
  mismatch01: BAD,
  mismatch02: BAD,
  bigcode: DROPPED,
  badbranch: UNDERSTOOD,
  insuf: BAD,
  unkscm: { udp: [416] },
  novelsc: { udp: [416] },
  unksm2: BAD,
  bext01: { udp: [420], says: /^Unsupported: nothingSupportsThis, nothingSupportsThisEither\r$/m },
  invut: { udp: [415], says: /^Accept: application\/sdp/m },
  regaut01: UNDERSTOOD,
  multi01: BAD,
  mcl01: BREAKS,
  bcast: DROPPED,
  zeromf: UNDERSTOOD,
  cparam01: UNDERSTOOD,
  cparam02: UNDERSTOOD,
  regescrt: UNDERSTOOD,
  sdp01: { udp: [406], says: /^Warning: 399 /m },
  // No Content-Length: its body ends with the datagram.
  inv2543: { udp: [404], tcp: [400], stream: 'closed' },
};

const IPV6: Record<(typeof RFC_5118)[number], Expected> = {
  'ipv6-good': UNDERSTOOD,
  'ipv6-bad': BAD,
  'port-ambiguous': UNDERSTOOD,
  'port-unambiguous': UNDERSTOOD,
  'via-received-param-with-delim': { udp: [481] },
  'via-received-param-no-delim': UNDERSTOOD,
  'ipv6-in-sdp': CALL,
  'mult-ip-in-header': { udp: [481] },
  'mult-ip-in-sdp': CALL,
  'ipv4-mapped-ipv6': CALL,
  'ipv6-bug-abnf-3-colons': UNDERSTOOD,
  'ipv6-correct-abnf-2-colons': UNDERSTOOD,
};

/** RFC 4475 §3.3.4: an address of record is a SIP URI. */
function answerAsRegistrar(incoming: IncomingRequest): void {
  try {
    parseUri(parseNameAddr(incoming.request.headers.get('To') ?? '').uri);
    incoming.respond(200);
  } catch (error) {
    if (!(error instanceof SipParseError)) throw error;
    incoming.respond(400);
  }
}

async function startVictim(): Promise<Victim> {
  const victim = await new Victim().start();
  victim.agent.onInvite = invite => invite.reject(404);
  victim.agent.onRequest = answerAsRegistrar;
  return victim;
}

const statuses = (answers: readonly string[]) => answers.map(text => Number(text.slice(8, 11)));

function suite(title: string, messages: readonly [name: string, bytes: Buffer, expected: Expected][]): void {
  test(`${title} over UDP: each gets its answer, and nothing stays`, async () => {
    const victim = await startVictim();
    const socket = createSocket('udp4');
    await new Promise<void>(bound => socket.bind(0, SOURCE, bound));
    for (const [name, bytes, { udp, says }] of messages) {
      const { bytes: guard, answered } = victim.guard();
      socket.send(bytes, victim.port('udp'), '127.0.0.1');
      socket.send(guard, victim.port('udp'), '127.0.0.1');
      await answered;
      const answers = victim.answers();
      assert.equal(statuses(answers), udp, name);
      if (says) assert.match(answers[0] ?? '', says, name);
      victim.holdsNothing();
    }
    await new Promise<void>(closed => socket.close(closed));
    await victim.close();
  });

  test(`${title} over TCP: each gets its answer, and nothing stays`, async () => {
    const victim = await startVictim();
    for (const [name, bytes, expected] of messages) {
      const { bytes: guard, answered } = victim.guard();
      const socket = connect({ host: '127.0.0.1', port: victim.port('tcp'), localAddress: SOURCE });
      await once(socket, 'connect');
      const closed = once(socket.resume(), 'close').then(() => 'closed');
      socket.write(Buffer.concat([bytes, guard]));
      if (expected.stream === 'waits') await taken(victim, socket);
      else assert.is(await Promise.race([closed, answered]), expected.stream, name);
      assert.equal(statuses(victim.answers()), expected.tcp ?? expected.udp, name);
      socket.destroy();
      while (victim.agent.dump().connections > 0) await new Promise<void>(next => setImmediate(next));
      victim.holdsNothing();
    }
    await victim.close();
  });
}

/** Resolves when all that was written has been read on the other side: a second connection's guard comes after it. */
async function taken(victim: Victim, socket: Socket): Promise<void> {
  while (socket.writableLength > 0) await new Promise<void>(next => setImmediate(next));
  const { bytes, answered } = victim.guard();
  const second = connect({ host: '127.0.0.1', port: victim.port('tcp'), localAddress: SOURCE });
  second.end(bytes);
  await answered;
  second.destroy();
}

suite(
  'the 49 messages of RFC 4475',
  RFC_4475.map(name => [name, torture(name), TORTURE[name]]),
);
suite(
  'the messages of RFC 5118',
  RFC_5118.map(name => [name, ipv6Torture(name), IPV6[name]]),
);

test('two requests with nothing but the magic cookie for a branch are two requests (RFC 4475 §3.2.1)', async () => {
  const victim = await startVictim();
  const socket = createSocket('udp4');
  await new Promise<void>(bound => socket.bind(0, SOURCE, bound));
  const first = torture('badbranch').toString();
  const { bytes: guard, answered } = victim.guard();
  for (const text of [first, first.replace('badbranch.', 'another.'), first])
    socket.send(text, victim.port('udp'), '127.0.0.1');
  socket.send(guard, victim.port('udp'), '127.0.0.1');
  await answered;
  const callIds = victim.answers().map(text => /^Call-ID: (\w+)/m.exec(text)?.[1]);
  // The third is a retransmission of the first: its answer comes again.
  assert.equal(callIds, ['badbranch', 'another', 'badbranch']);
  victim.holdsNothing();
  await new Promise<void>(closed => socket.close(closed));
  await victim.close();
});

test.run();
