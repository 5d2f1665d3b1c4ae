import { type Static, type TSchema, Type } from 'typebox';
import { enders } from '../calls/verdict.ts';
import { Side } from '../quality/call-media.ts';
import { callResults } from './call-result.ts';

const closed = { additionalProperties: false } as const;
const nullable = <T extends TSchema>(schema: T, description?: string) =>
  Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
const Time = Type.Integer({ description: 'milliseconds since 1970' });

/** What was agreed on for the audio of one side. */
export const CodecView = Type.Object({
  sends: Type.String({ description: 'what we send: name/clock rate' }),
  payloadType: Type.Integer({ description: 'under which number' }),
  packetMs: Type.Integer(),
  receives: Type.Array(Type.Object({ codec: Type.String(), payloadType: Type.Integer() }), {
    description: 'what may come',
  }),
  reason: Type.String({ description: 'why it is that codec: a sentence' }),
});
export type CodecView = Static<typeof CodecView>;

export const tryOutcomes = ['answered', 'response', 'timeout', 'refused', 'tls', 'dns', 'network', 'given-up'] as const;

/** One place that a call out was tried at, and what came of it. */
export const CallTry = Type.Object(
  {
    target: Type.String({ description: 'the address that was to be reached' }),
    hop: nullable(
      Type.String({ description: 'transport, IP address and port: "udp 192.0.2.9:5060"' }),
      'null when the name did not even lead to an address',
    ),
    outcome: Type.Enum([...tryOutcomes], {
      description:
        'refused: nobody listens there (ICMP port unreachable, connection refused); tls: the connection could not be secured; dns: the name could not be resolved; given-up: cancelled, or it rang for too long',
    }),
    status: nullable(Type.Integer(), 'of the response'),
    detail: Type.String({ description: 'the phrase of the response, or what was seen instead of one' }),
  },
  closed,
);
export type CallTry = Static<typeof CallTry>;

/** What kept us from taking a call, or from going on with it. */
export const CallProblem = Type.Object(
  {
    code: Type.String({ description: 'stable: layer.what' }),
    message: Type.String(),
    ours: nullable(Type.Array(Type.String()), 'our codecs, where it is about codecs'),
    theirs: nullable(Type.Array(Type.String()), "the far end's"),
  },
  closed,
);
export type CallProblem = Static<typeof CallProblem>;

/** What the far end said in the response with which it refused the call. */
export const FarEndSaid = Type.Object(
  {
    warning: nullable(Type.String()),
    reason: nullable(Type.String()),
    retryAfter: nullable(Type.String()),
    server: nullable(Type.String({ description: 'Server, or User-Agent' })),
    realm: nullable(Type.String({ description: 'for which it wanted credentials' })),
    username: nullable(Type.String({ description: 'of the credentials that it was given' })),
  },
  closed,
);
export type FarEndSaid = Static<typeof FarEndSaid>;

export const CallSideFacts = Type.Object(
  {
    side: Side,
    codec: nullable(CodecView, 'null: nothing was agreed on'),
    security: nullable(Type.Enum(['none', 'sdes', 'dtls']), 'null: nothing was agreed on'),
    advertised: nullable(Type.String(), 'address:port to which we asked for its media'),
    remote: nullable(Type.String(), 'address:port to which it asked for ours'),
    offered: nullable(
      Type.Object({ codecs: Type.Array(Type.String()), protocol: Type.String() }, closed),
      'what our last description had',
    ),
  },
  closed,
);
export type CallSideFacts = Static<typeof CallSideFacts>;

const facts = {
  id: Type.String(),
  project: Type.String({ description: '"device" for what belongs to the box itself' }),
  sessionId: nullable(Type.String(), 'null for a call that is in no session'),
  connectionId: nullable(Type.String(), 'null for a call that is in no session'),
  sipCallIds: Type.Array(Type.String(), { description: 'the first sixteen' }),
  direction: Type.Enum(['outbound', 'inbound']),
  parent: Type.Optional(Type.String({ description: 'the call whose script placed it; absent: none did' })),
  from: Type.String(),
  to: Type.String(),
  trunks: Type.Object(
    { in: nullable(Type.String()), out: nullable(Type.String()) },
    { ...closed, description: 'over which it came, and over which it went out; null: none' },
  ),
  target: nullable(Type.String(), 'where it was answered, or tried last; null of a call that did not go out'),
  createdAt: Time,
  provisionalAt: nullable(Time, 'the first response over 100; null: there was none'),
  ringingAt: nullable(Time, 'null: it never rang'),
  activeAt: nullable(Time, 'null: it was never answered'),
  sides: Type.Array(CallSideFacts, { description: 'the SIP side of a call in a session, or both of a bridge' }),
  digits: Type.Integer({ description: 'keys that far ends pressed' }),
  tries: Type.Array(CallTry, { description: 'of a call out: the first sixteen' }),
  problem: nullable(CallProblem, 'what kept us from taking it or going on with it'),
  said: nullable(FarEndSaid, 'by the response that refused it'),
  contact: nullable(Type.String(), 'of an incoming call: where we asked for its ACK'),
  acknowledged: nullable(Type.Boolean(), 'of an incoming call: whether that ACK has come; null of a call out'),
};

/** What is known of a call while it lives. */
export const CallFacts = Type.Object(facts, closed);
export type CallFacts = Static<typeof CallFacts>;

export const CallEnd = Type.Object(
  {
    code: Type.String({ description: 'a SIP status, or one of 700, 703–707' }),
    message: Type.String(),
    slug: Type.String({ description: 'the same as a word: "busy-here", "media-timeout"' }),
    endedBy: Type.Enum([...enders], { description: 'network: something between those who talk' }),
    retriable: Type.Boolean({ description: 'the same call can succeed later without being changed' }),
    detail: nullable(Type.String(), 'for a person: which timer ran out, what never came'),
  },
  closed,
);
export type CallEnd = Static<typeof CallEnd>;

/** What is kept of a call that is over. What was measured of its media lies beside it (CallMediaRecord). */
export const CallRecord = Type.Object(
  {
    ...facts,
    endedAt: Time,
    result: Type.Enum([...callResults]),
    reason: CallEnd,
  },
  closed,
);
export type CallRecord = Static<typeof CallRecord>;
