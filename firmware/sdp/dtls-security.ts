import { randomBytes } from 'node:crypto';
import type { Dtls, Fingerprint } from '../../pipelines/protocol/dtls.ts';
import type { LegSecurity } from '../../pipelines/protocol/leg-media.ts';
import { CrosspointError } from '../base/errors.ts';
import type { DtlsLines } from './dtls-lines.ts';
import type { SecurityTerms } from './media-security.ts';
import type { OurMedia } from './offer.ts';
import type { MediaDescription } from './session-description.ts';

/** Offer and answer of DTLS-SRTP (RFC 5763, RFC 8842): who begins, whom to believe, which association. */

/** Of SIP phones; the feedback profile asks for nothing that the other would not do (RFC 4585 §4.2). */
const OFFERED_PROTOCOL = 'UDP/TLS/RTP/SAVP';
const PROTOCOLS = [OFFERED_PROTOCOL, 'UDP/TLS/RTP/SAVPF'];
const OPPORTUNISTIC = ['RTP/AVP', 'RTP/AVPF'];

type Ours = Pick<OurMedia, 'fingerprint' | 'rtpPort' | 'dtls' | 'answerSetup' | 'randomBytes' | 'rekey'>;

/** Whether a line can have no keys but by DTLS; with a plain protocol it is opportunistic (RFC 8643). */
export function usesDtls({ protocol, dtls, crypto }: MediaDescription): boolean {
  const name = protocol.toUpperCase();
  if (PROTOCOLS.includes(name)) return true;
  return OPPORTUNISTIC.includes(name) && crypto.length === 0 && (dtls?.fingerprints.length ?? 0) > 0;
}

export function isDtls(agreed: LegSecurity | null): agreed is Dtls {
  return agreed !== null && 'dtls' in agreed;
}

/**
 * Our lines in an offer. A later one of a call keeps the association, by the roles that there are; from another leg (or
 * worker) it asks for a new one.
 * @throws CrosspointError sdp.security-unsupported we have no certificate
 */
export function offerDtls(ours: Ours, previous: MediaDescription | null): SecurityTerms {
  const before = stays(ours, previous) ? previous?.dtls : undefined;
  return {
    protocol: previous?.protocol ?? OFFERED_PROTOCOL,
    crypto: [],
    dtls: {
      fingerprints: [fingerprintOf(ours)],
      setup: before && ours.dtls ? setupOf(ours.dtls.role) : 'actpass',
      tlsId: before?.tlsId ?? newTlsId(ours),
    },
  };
}

/**
 * Our lines in an answer, and what the leg is told.
 * @throws CrosspointError sdp.security-unsupported
 */
export function answerDtls(
  offered: MediaDescription,
  ours: Ours,
  previous: MediaDescription | null,
): SecurityTerms & { keys: Dtls } {
  const fingerprint = fingerprintOf(ours);
  const theirs = usable(offered);
  const keys = termsOf(offered, theirs, answeringRole(theirs, ours));
  const kept = stays(ours, previous) && isSame(keys, ours.dtls) ? previous?.dtls?.tlsId : null;
  return {
    protocol: offered.protocol,
    crypto: [],
    dtls: {
      fingerprints: [fingerprint],
      setup: setupOf(keys.dtls.role),
      // RFC 8842 §5.3: only to who knows it.
      tlsId: theirs.tlsId === null ? null : (kept ?? newTlsId(ours)),
    },
    keys,
  };
}

/** What an answer makes of our offered line. @throws CrosspointError sdp.security-unsupported */
export function answeredDtls(offered: DtlsLines, answered: MediaDescription): Dtls {
  const theirs = usable(answered);
  if (offered.setup !== 'actpass' && theirs.setup === offered.setup)
    throw unusable(`it answered a=setup:${theirs.setup} to ours, so that nobody begins`);
  // RFC 5763 §5 wants active of an answerer; some say nothing.
  if (theirs.setup === 'passive' || (theirs.setup === null && offered.setup === 'active'))
    return termsOf(answered, theirs, 'client');
  if (theirs.setup === 'actpass') throw unusable('it answered a=setup:actpass, which leaves open who begins');
  return termsOf(answered, theirs, 'server');
}

type Role = Dtls['dtls']['role'];

function answeringRole({ setup }: DtlsLines, { dtls, answerSetup = 'active' }: Ours): Role {
  if (setup === 'passive') return 'client';
  // RFC 4145 §4: an offer that does not say is active.
  if (setup === 'active' || setup === null) return 'server';
  return dtls?.role ?? (answerSetup === 'active' ? 'client' : 'server');
}

function setupOf(role: Role): 'active' | 'passive' {
  return role === 'client' ? 'active' : 'passive';
}

/** Where the far end names no association, another address means another one (RFC 5763 §6.6). */
function termsOf({ address, port }: MediaDescription, theirs: DtlsLines, role: Role): Dtls {
  return {
    dtls: { role, fingerprints: theirs.fingerprints, association: theirs.tlsId ?? `${address ?? ''} ${port}`.trim() },
  };
}

function isSame({ dtls }: Dtls, before: Dtls['dtls'] | undefined): boolean {
  return JSON.stringify(dtls) === JSON.stringify(before);
}

/** Whether our end is what it was: the same leg in the same worker. */
function stays(ours: Ours, previous: MediaDescription | null): boolean {
  return previous?.dtls !== undefined && previous.port === ours.rtpPort && ours.rekey !== true;
}

function newTlsId({ randomBytes: random = randomBytes }: Ours): string {
  return random(24).toString('base64url');
}

function fingerprintOf({ fingerprint }: Ours): Fingerprint {
  if (fingerprint) return fingerprint;
  throw new CrosspointError(
    'sdp.security-unsupported',
    'DTLS-SRTP is asked for, and there is no certificate for it here: the log of the media worker says why',
  );
}

function usable({ dtls }: MediaDescription): DtlsLines {
  if (!dtls) throw unusable('it has no a=fingerprint');
  if (dtls.fingerprints.length === 0) throw unusable('none of its a=fingerprint is by sha-256, sha-384 or sha-512');
  if (dtls.setup === 'holdconn') throw unusable('a=setup:holdconn asks for no association at all');
  return dtls;
}

function unusable(why: string): CrosspointError {
  return new CrosspointError(
    'sdp.security-unsupported',
    `the far end wants DTLS-SRTP in a way that we cannot use: ${why}`,
  );
}
