import { randomBytes } from 'node:crypto';
import type { LegSecurity, SrtpKey, SrtpSuite } from '../../pipelines/protocol/leg-media.ts';
import { SRTP_SUITES } from '../../pipelines/protocol/srtp-suites.ts';
import { CrosspointError } from '../base/errors.ts';
import { type CryptoLine, formatCrypto, newCrypto, parseCrypto } from './crypto-line.ts';
import type { DtlsLines } from './dtls-lines.ts';
import { answerDtls, answeredDtls, offerDtls, usesDtls } from './dtls-security.ts';
import type { OurMedia } from './offer.ts';
import type { MediaDescription } from './session-description.ts';

/** Plain RTP, or SRTP keyed by SDES (RFC 4568) or DTLS (RFC 5763), by policy. No sentence here ever holds a key. */

/** The feedback profiles ask for nothing that plain RTP would not do (RFC 4585 §4.2). */
const PLAIN = ['RTP/AVP', 'RTP/AVPF'];
const SECURED = ['RTP/SAVP', 'RTP/SAVPF'];

/** How a line of ours says it. */
export interface SecurityTerms {
  protocol: string;
  /** Values of its a=crypto. */
  crypto: string[];
  dtls?: DtlsLines;
}

type Ours = Omit<OurMedia, 'codecs'>;

/**
 * What we offer. "prefer-sdes" is one line of RTP/AVP with a=crypto (RFC 8643 §3.1): a peer that knows nothing of it
 * answers plain, and a second m= line for the same call confuses many. A later offer goes on as before, with the keys that
 * are in use.
 */
export function offerSecurity(ours: Ours, previous: MediaDescription | null): SecurityTerms {
  const { security = 'none', suites = SRTP_SUITES } = ours;
  if (previous ? previous.dtls : security === 'dtls') return offerDtls(ours, previous);
  if (previous) {
    return {
      protocol: previous.protocol,
      crypto: linesOf(previous).map(line => formatCrypto(ours.rekey ? renewed(line, ours) : line)),
    };
  }
  if (security === 'none') return { protocol: 'RTP/AVP', crypto: [] };
  return {
    protocol: security === 'sdes' ? 'RTP/SAVP' : 'RTP/AVP',
    crypto: suites.map((suite, index) => formatCrypto(fresh(index + 1, suite, ours))),
  };
}

/**
 * What we answer to an offered line, with its protocol and the tag that we take (RFC 4568 §5.1.2).
 * @param previous our line before, whose key stays in use
 * @throws CrosspointError sdp.security-refused (plain, and the policy wants SRTP), sdp.security-unsupported,
 *   sdp.protocol-unsupported
 */
export function answerSecurity(
  offered: MediaDescription,
  ours: Ours,
  previous: MediaDescription | null,
): SecurityTerms & { keys: LegSecurity | null } {
  const { security = 'none', suites = SRTP_SUITES } = ours;
  const plain = { protocol: offered.protocol, crypto: [], keys: null };
  if (security === 'none') {
    checkPlain(offered);
    return plain;
  }
  if (usesDtls(offered)) return answerDtls(offered, ours, previous);
  checkKnown(offered);
  if (security === 'dtls') throw dtlsRefused('offers', offered);
  const theirs = linesOf(offered).find(({ suite }) => suites.includes(suite));
  if (!theirs) {
    if (isSecured(offered)) throw unusable(suites);
    if (security === 'sdes') throw plainRefused('offers');
    return plain;
  }
  const { tag, suite } = theirs;
  const before = previous ? linesOf(previous).find(line => line.suite === suite) : undefined;
  const own = before ? { ...(ours.rekey ? renewed(before, ours) : before), tag } : fresh(tag, suite, ours);
  // Each direction has its own (RFC 4568 §6.1), yet who uses them looks for them in what comes as well.
  own.mki = theirs.mki && (own.mki ?? { value: 1, bytes: theirs.mki.bytes });
  return {
    protocol: offered.protocol,
    crypto: [formatCrypto(own)],
    keys: { send: keyOf(own), receive: keyOf(theirs) },
  };
}

/**
 * What an answer makes of our offered line. An answer without a key to an offer of RTP/SAVP is refused; to one of
 * RTP/AVP with a=crypto it is plain.
 * @throws CrosspointError as answerSecurity does
 */
export function answeredSecurity(offered: MediaDescription, answered: MediaDescription): LegSecurity | null {
  if (offered.dtls) {
    if (!usesDtls(answered)) throw dtlsRefused('answers with', answered);
    return answeredDtls(offered.dtls, answered);
  }
  const ours = linesOf(offered);
  if (ours.length === 0) {
    checkPlain(answered);
    return null;
  }
  checkKnown(answered);
  for (const theirs of linesOf(answered)) {
    const own = ours.find(({ tag, suite }) => tag === theirs.tag && suite === theirs.suite);
    if (own) return { send: keyOf(own), receive: keyOf(theirs) };
  }
  if (isSecured(answered) || answered.crypto.length > 0) throw unusable(ours.map(({ suite }) => suite));
  if (isSecured(offered)) throw plainRefused('answers with');
  return null;
}

/** Whether a line comes with keys or wants some. */
export function asksForSecurity(media: MediaDescription): boolean {
  return isSecured(media) || usesDtls(media) || media.crypto.length > 0;
}

function isSecured({ protocol }: MediaDescription): boolean {
  return SECURED.includes(protocol.toUpperCase());
}

function checkKnown(media: MediaDescription): void {
  if (!isSecured(media)) checkPlain(media, [...PLAIN, ...SECURED]);
}

function checkPlain({ protocol }: MediaDescription, spoken = PLAIN): void {
  if (PLAIN.includes(protocol.toUpperCase())) return;
  const we = `we speak ${spoken.join(' and ')}`;
  if (/SAVPF?$/i.test(protocol))
    throw new CrosspointError(
      'sdp.security-unsupported',
      `the far end wants secured media (${protocol.slice(0, 40)}); ${we}`,
    );
  throw new CrosspointError('sdp.protocol-unsupported', `the far end wants ${protocol.slice(0, 40)}; ${we}`);
}

function linesOf({ crypto }: MediaDescription): CryptoLine[] {
  return crypto.flatMap(value => parseCrypto(value) ?? []);
}

function keyOf({ suite, key, mki }: CryptoLine): SrtpKey {
  return { suite, key, ...(mki && { mki }) };
}

/** Another key for the same line. An identifier names one key, so that of the next is the next (RFC 3711 §8.1). */
function renewed(line: CryptoLine, ours: Ours): CryptoLine {
  const { mki } = line;
  const next = mki && { ...mki, value: (mki.value + 1) % 2 ** (8 * mki.bytes) };
  return { ...fresh(line.tag, line.suite, ours), mki: next };
}

function fresh(tag: number, suite: SrtpSuite, ours: Ours): CryptoLine {
  return newCrypto(tag, suite, ours.randomBytes ?? randomBytes);
}

function unusable(suites: readonly SrtpSuite[]): CrosspointError {
  return new CrosspointError(
    'sdp.security-unsupported',
    'the far end wants SRTP without an a=crypto that we can use: one inline key, with an MKI of at most 4 bytes, of ' +
      suites.join(', '),
  );
}

function dtlsRefused(does: string, { protocol }: MediaDescription): CrosspointError {
  return new CrosspointError(
    'sdp.security-refused',
    `the far end ${does} ${protocol.slice(0, 40)}, and DTLS-SRTP is required here: switch it on there (UDP/TLS/RTP/SAVP)`,
  );
}

function plainRefused(does: string): CrosspointError {
  return new CrosspointError(
    'sdp.security-refused',
    `the far end ${does} plain RTP, and SRTP is required here: switch on SDES (RTP/SAVP) there`,
  );
}
