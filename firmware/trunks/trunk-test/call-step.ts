import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { Negotiation } from '../../calls/negotiation.ts';
import type { SideTerms } from '../../calls/side-terms.ts';
import type { Config } from '../../config/schema.ts';
import type { TrunkConfig } from '../../config/trunk-schema.ts';
import type { Agreed } from '../../sdp/agreed.ts';
import type { Dialog } from '../../sip/dialog/dialog.ts';
import { formatHostPort } from '../../sip/message/host-port.ts';
import { formatUri, parseUri } from '../../sip/message/uri.ts';
import type { Hop } from '../../sip/transport/hop.ts';
import type { InviteFailure } from '../../sip/user-agent/invite-listener.ts';
import type { UserAgent } from '../../sip/user-agent/user-agent.ts';
import { UNKNOWN_CALLER } from '../caller.ts';
import type { ForwardTarget } from '../forward-target.ts';
import { outgoingIdentity } from '../identity.ts';
import { readNumber, writeNumber } from '../number-format.ts';
import { termsFor, termsOf } from '../side-terms-of.ts';
import { ourHost } from '../trunk-agent.ts';
import { adviceForCode, adviceForStatus } from './advice.ts';
import { audioStep } from './audio-verdict.ts';
import { dtmfStep, withDigitsBack } from './dtmf-step.ts';
import { localAddressTowards } from './local-address.ts';
import { familyOf, RtpProbe, type RtpStream } from './rtp-probe.ts';
import { SrtpPackets } from './srtp-packets.ts';
import { failed, ok, type Step } from './step.ts';
import { TEST_DIGITS } from './test-digits.ts';

export interface CallTest {
  readonly agent: UserAgent;
  readonly clock: Clock;
  readonly config: Config;
  readonly trunk: TrunkConfig;
  readonly target: Extract<ForwardTarget, { kind: 'uri' }>;
  /** Where the target is tried first. */
  readonly hop: Hop;
  readonly number: string;
  /** How long to listen once it is answered. */
  readonly listenMs: number;
}

const RING_MS = 30_000;

type Answered = { readonly dialog: Dialog; readonly body: Buffer };

/** Calls a number there, sends a tone and digits, and tells what came back. */
export async function callSteps(test: CallTest): Promise<Step[]> {
  const { clock, config, trunk, target, hop } = test;
  if (termsFor(termsOf(trunk), target.media, false).security === 'dtls')
    return [
      failed(
        'call',
        ['this test speaks no DTLS-SRTP'],
        ['place a call through this trunk instead, and look at its reason'],
      ),
    ];
  const terms = inG711(termsFor(termsOf(trunk), target.media, false));
  const local = await localAddressTowards(hop.address);
  const probe = new RtpProbe(clock, familyOf(local));
  try {
    const rtpPort = await probe.open();
    const address = config.media.advertise ?? local;
    const negotiation = new Negotiation({ address, rtpPort, rtcpPort: rtpPort + 1 }, terms);
    const progress: string[] = [];
    const offer = negotiation.offer();
    const outcome = await invite(test, offer, progress);
    const sdp = [`we offered ${mediaLines(offer)}`];
    if ('status' in outcome) return [refused(outcome, progress, sdp, trunk)];
    const saw = [`${progress.join(', ')}answered with 200`, ...sdp, `the peer answered ${mediaLines(outcome.body)}`];
    let agreed: Agreed;
    try {
      agreed = negotiation.readAnswer(outcome.body);
    } catch (error) {
      await outcome.dialog.bye();
      return [failed('call', [...saw, `that is of no use: ${messageOf(error)}`], adviceForStatus(488, false))];
    }
    return [ok('call', ...saw, ...agreedLines(agreed)), ...(await talk(test, outcome.dialog, agreed, probe))];
  } finally {
    probe.close();
  }
}

function invite({ agent, trunk, target, number }: CallTest, body: Buffer, progress: string[]) {
  const { in: rules, out: style } = trunk.numbers;
  const domain = ourHost(agent.listening, target.uri);
  const said = outgoingIdentity(UNKNOWN_CALLER, { policy: trunk.identity, domain, style, rules });
  const { displayName, uri } = said.from;
  const requestUri = formatUri({ ...target.uri, user: writeNumber(readNumber(number, rules), style, rules) });
  return new Promise<Answered | InviteFailure>(done => {
    agent.invite(
      {
        target: target.uri,
        requestUri,
        from: displayName === null ? { uri } : { displayName, uri },
        to: formatUri({ ...parseUri(requestUri), params: new Map() }),
        headers: said.headers,
        body,
        contentType: 'application/sdp',
        ringLimitMs: RING_MS,
        firstResponseMs: target.timeoutMs,
        ...(trunk.auth && { auth: trunk.auth }),
      },
      {
        progress: (status, reason) => void progress.push(`${status} ${reason}, then `),
        accepted: (dialog, answer) => done({ dialog, body: answer }),
        failed: done,
      },
    );
  });
}

function refused(
  failure: InviteFailure,
  progress: readonly string[],
  sdp: readonly string[],
  trunk: TrunkConfig,
): Step {
  const { status, phrase, cause, headers, error } = failure;
  const why =
    cause === 'ring-limit' ? `nobody answered within ${RING_MS / 1000} s` : `${status ?? ''} ${phrase}`.trim();
  const said = ['Warning', 'Reason'].flatMap(
    name => headers?.getAll(name).map(value => `${name}: ${value.slice(0, 200)}`) ?? [],
  );
  const advice =
    status === null || cause !== 'response'
      ? adviceForCode(cause === 'timeout' ? 'sip.timeout' : (error?.code ?? ''))
      : adviceForStatus(status, trunk.auth !== undefined);
  return failed('call', [`${progress.join('')}${why}`, ...said, ...sdp], advice);
}

async function talk(test: CallTest, dialog: Dialog, agreed: Agreed, probe: RtpProbe): Promise<Step[]> {
  const { clock, trunk, listenMs } = test;
  let hungUp = false;
  let timer: Timer | undefined;
  const over = new Promise<void>(done => {
    dialog.listener = {
      ended: () => {
        hungUp = true;
        done();
      },
    };
    timer = clock.after(listenMs, done);
  });
  const stream = streamOf(agreed);
  if (stream) probe.start(stream, TEST_DIGITS);
  const [sent] = await Promise.all([dtmfStep(dialog, termsOf(trunk).digits, agreed), over]);
  const digits = withDigitsBack(sent, probe.figures);
  timer?.stop();
  const told = stream ? formatHostPort(stream.address, stream.port) : 'nowhere';
  const audio = stream
    ? audioStep(probe.figures, told)
    : failed('audio', ['the peer wants no audio, or in a codec that this test does not speak'], []);
  if (hungUp) return [audio, digits, ok('bye', 'the peer hung up first')];
  const { status } = await dialog.bye();
  const bye =
    status === null ? failed('bye', ['no answer to BYE'], adviceForCode('sip.timeout')) : ok('bye', `${status}`);
  return [audio, digits, bye];
}

/** The probe speaks nothing else. */
function inG711(terms: SideTerms): SideTerms {
  const codecs = terms.codecs.filter(({ implementation }) => implementation === 'pcmu' || implementation === 'pcma');
  return codecs.length > 0 ? { ...terms, codecs } : terms;
}

function streamOf({ remote, send, sendTelephoneEvent, security }: Agreed): RtpStream | null {
  const codec = send.implementation;
  if (remote === null || (codec !== 'pcmu' && codec !== 'pcma')) return null;
  return {
    address: remote.rtp.host,
    port: remote.rtp.port,
    payloadType: send.payloadType,
    codec,
    eventType: sendTelephoneEvent?.payloadType ?? null,
    security:
      security && 'send' in security
        ? {
            send: new SrtpPackets(security.send),
            receive: new SrtpPackets(security.receive),
          }
        : null,
  };
}

function agreedLines({ send, packetMs, direction, security, remote }: Agreed): string[] {
  const where = remote === null ? 'no address' : formatHostPort(remote.rtp.host, remote.rtp.port);
  return [`agreed: ${send.name}, ${packetMs} ms, ${direction}, ${security ? 'SRTP' : 'plain RTP'}, to ${where}`];
}

/** The lines of a description that say what was offered; never its keys. */
function mediaLines(body: Buffer): string {
  const lines = body.toString('utf8').split(/\r?\n/);
  return lines
    .filter(line => /^(c=|m=|a=rtpmap:|a=sendonly|a=recvonly|a=inactive)/.test(line))
    .join(' | ')
    .slice(0, 400);
}
