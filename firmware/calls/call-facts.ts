import { sides } from '../quality/call-media.ts';
import type { CallEnd, CallFacts, CallRecord, CallSideFacts, CodecView } from '../records/call-record.ts';
import { callResult } from '../records/call-result.ts';
import type { Agreed } from '../sdp/agreed.ts';
import { formatNames } from '../sdp/common-codecs.ts';
import { isDtls } from '../sdp/dtls-security.ts';
import { parseDescription } from '../sdp/parse-description.ts';
import type { Call } from './call.ts';
import { reasonSlug } from './reason-slug.ts';
import type { SipSide } from './sip-side.ts';
import type { Verdict } from './verdict.ts';
import { withoutPassword } from './without-password.ts';

/** All that is known of a call now. */
export function callFacts(call: Call): CallFacts {
  const { ref, direction, from, to, parent, stages, notes } = call;
  return {
    id: ref.id,
    project: ref.project,
    sessionId: ref.session,
    connectionId: ref.connection,
    sipCallIds: [...notes.sipCallIds],
    direction,
    ...(parent !== null && { parent }),
    from: withoutPassword(from),
    to: withoutPassword(to),
    trunks: { ...notes.trunks },
    target: notes.target,
    createdAt: ref.createdAt,
    provisionalAt: notes.provisionalAt,
    ringingAt: stages.ringingAt,
    activeAt: stages.activeAt,
    sides: call.sides.map(sideFacts),
    digits: notes.digits,
    tries: [...notes.tries],
    problem: notes.problem,
    said: notes.said,
    contact: notes.contact,
    acknowledged: notes.acknowledged,
  };
}

/** The same of a call that has just ended. */
export function callRecord(call: Call, verdict: Verdict, endedAt: number): CallRecord {
  const facts = callFacts(call);
  const sides = facts.sides.map((side, index) => withOffer(side, call.sides[index]?.negotiation?.said ?? null));
  return endedCall({ ...facts, sides }, verdict, endedAt);
}

/** A record from what was known of a call last. */
export function endedCall(facts: CallFacts, verdict: Verdict, endedAt: number): CallRecord {
  return { ...facts, endedAt, result: callResult(verdict, facts.activeAt !== null), reason: endOf(verdict) };
}

function endOf({ code, message, endedBy, retriable, detail }: Verdict): CallEnd {
  return { code, message, slug: reasonSlug(code), endedBy, retriable, detail: detail ?? null };
}

export function codecViewOf(agreed: Agreed | null): CodecView | null {
  if (!agreed) return null;
  const { send, receive, packetMs, reason } = agreed;
  return {
    sends: nameOf(send),
    payloadType: send.payloadType,
    packetMs,
    receives: receive.map(each => ({ codec: nameOf(each), payloadType: each.payloadType })),
    reason,
  };
}

function nameOf({ name, clockRate }: { name: string; clockRate: number }): string {
  return `${name}/${clockRate}`;
}

function sideFacts({ signalling, negotiation }: SipSide, index: number): CallSideFacts {
  const agreed = signalling.agreed ?? negotiation?.agreed ?? null;
  const remote = agreed?.remote?.rtp;
  return {
    side: sides[index] ?? 'first',
    codec: codecViewOf(agreed),
    security: agreed && securityOf(agreed),
    advertised: agreed && negotiation ? place(negotiation.media.address, negotiation.media.rtpPort) : null,
    remote: remote ? place(remote.host, remote.port) : null,
    offered: null,
  };
}

/** Where nothing came of it: what our last description had. Reading it costs, so not before the end. */
function withOffer(side: CallSideFacts, said: string | null): CallSideFacts {
  return side.codec || said === null ? side : { ...side, offered: offeredIn(said) };
}

function securityOf({ security }: Agreed): CallSideFacts['security'] {
  if (security === null) return 'none';
  return isDtls(security) ? 'dtls' : 'sdes';
}

function place(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Of a description of ours. */
function offeredIn(text: string): CallSideFacts['offered'] {
  const line = parseDescription(text).media.find(({ kind }) => kind === 'audio');
  return line ? { codecs: formatNames(line), protocol: line.protocol } : null;
}
