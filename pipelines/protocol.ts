/**
 * What firmware and media worker say to each other: the single definition of every command and event.
 *
 * The wire is a Unix stream socket; each message is one line of JSON (UTF-8, "\n"-terminated; commands at most 64 KiB):
 *
 *     firmware → worker   { "id": 7, "method": "leg.open", "params": { … } }
 *     worker → firmware   { "id": 7, "result": { … } }   or   { "id": 7, "error": { "code": "…", "message": "…" } }
 *     worker → firmware   { "event": "leg.digit", "params": { … } }
 *
 * Commands are carried out in the order in which they were sent. The first one must be `hello`. A worker whose lease
 * runs out (no command for `leaseMs`) closes its legs and ends. The worker process answers `hello` itself and hands
 * every other line to the engine (the GStreamer element `interconnect`) as it came; the engine answers in this form too.
 */
import { type Static, type TSchema, Type } from 'typebox';

/** Raised with every change that an older peer would misread. */
export const PROTOCOL_VERSION = 3;

const closed = { additionalProperties: false } as const;
const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

const Port = Type.Integer({ minimum: 1, maximum: 65535 });
const LegRef = Type.Object({ leg: Type.String({ minLength: 1, maxLength: 64 }) }, closed);
const Nothing = Type.Object({}, closed);

export const Endpoint = Type.Object(
  { host: Type.String({ description: 'IP address, v4 or v6, never a name' }), port: Port },
  closed,
);
export type Endpoint = Static<typeof Endpoint>;

export const Codec = Type.Object(
  {
    name: Type.String({ description: 'encoding name as in a=rtpmap: "PCMU"' }),
    payloadType: Type.Integer({ minimum: 0, maximum: 127 }),
    clockRate: Type.Integer({ description: 'RTP time stamp units per second' }),
    sampleRate: Type.Integer({
      description: 'rate of the decoded audio in Hz, mono: 8000, 16000 or 48000 (of "relay" it says nothing)',
    }),
    implementation: Type.Union([
      Type.Literal('pcmu', { description: 'ITU-T G.711 µ-law, by table' }),
      Type.Literal('pcma', { description: 'ITU-T G.711 A-law, by table' }),
      Type.Literal('g729', { description: 'ITU-T G.729 Annex A, by libbcg729' }),
      Type.Literal('comfort-noise', {
        description: 'RFC 3389: noise of the level that a packet asks for, until something else comes; only received',
      }),
      Type.Literal('relay', {
        description:
          'neither decoded nor encoded: such packets are only relayed to a leg that hears this one, and a leg that sends such a codec hears a leg or silence (and sends nothing meanwhile)',
      }),
      Type.Object(
        {
          decode: Type.String({
            description: 'GStreamer bin description: RTP payload bytes in, S16LE mono at sampleRate out',
          }),
          decodeCaps: Type.String({ description: 'caps of what is pushed into it' }),
          encode: Type.String({
            description: 'GStreamer bin description: S16LE mono at sampleRate in, one RTP payload a buffer out',
          }),
          bytesPerMs: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 96,
              description:
                'what comes out of encode is one row of bytes, so many a millisecond, that may be cut anywhere: packets are cut out of it',
            }),
          ),
          silentBytes: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 16,
              description: 'payloads of no more bytes say that there is nothing to hear, and are not sent (DTX)',
            }),
          ),
        },
        closed,
      ),
    ]),
  },
  closed,
);
export type Codec = Static<typeof Codec>;

export const TelephoneEvent = Type.Object(
  { payloadType: Type.Integer({ minimum: 0, maximum: 127 }), clockRate: Type.Integer() },
  { ...closed, description: 'RFC 4733 digits' },
);
export type TelephoneEvent = Static<typeof TelephoneEvent>;

/** What a leg's far end is given to hear. */
export const Hears = Type.Union([
  Type.Object({ kind: Type.Literal('silence') }, closed),
  Type.Object({ kind: Type.Literal('session'), session: Type.String({ minLength: 1, maxLength: 256 }) }, closed),
  Type.Object({ kind: Type.Literal('echo') }, closed),
  Type.Object(
    {
      kind: Type.Literal('tone'),
      frequencyHz: Type.Number({ minimum: 20, maximum: 3900 }),
      levelDbov: Type.Number({ minimum: -90, maximum: 0, description: 'RMS of each frequency' }),
      secondFrequencyHz: Type.Optional(
        Type.Number({ minimum: 20, maximum: 3900, description: 'sounds together with the first' }),
      ),
      cadenceMs: Type.Optional(
        Type.Array(Type.Integer({ minimum: 20, maximum: 60_000 }), {
          minItems: 2,
          maxItems: 8,
          description: 'on, off, on, off … for ever; an even number of them; without it the tone is steady',
        }),
      ),
    },
    closed,
  ),
  Type.Object(
    { kind: Type.Literal('leg'), leg: Type.String({ minLength: 1, maxLength: 64 }) },
    {
      ...closed,
      description:
        'what that leg receives is sent on undecoded, each packet as it comes, in the codec that both have by name and clock rate; when that leg closes, this one hears silence',
    },
  ),
]);
export type Hears = Static<typeof Hears>;

export const SrtpSuite = Type.Union(
  [Type.Literal('AES_CM_128_HMAC_SHA1_80'), Type.Literal('AES_CM_128_HMAC_SHA1_32'), Type.Literal('AEAD_AES_128_GCM')],
  { description: 'RFC 4568 §6.2, RFC 7714 §14.2' },
);
export type SrtpSuite = Static<typeof SrtpSuite>;

/** One direction of SDES-SRTP: the suite and the `inline:` key. */
export const SrtpKey = Type.Object(
  {
    suite: SrtpSuite,
    key: Type.String({
      minLength: 38,
      maxLength: 40,
      description:
        'base64 of master key and salt as in a=crypto: 30 bytes, 28 for GCM; never told again, in no event, error or dump',
    }),
  },
  closed,
);
export type SrtpKey = Static<typeof SrtpKey>;

export const Security = Type.Object(
  { send: SrtpKey, receive: SrtpKey },
  {
    ...closed,
    description:
      'RTP and RTCP both ways. The same key again changes nothing; another one takes over at once and the roll-over counters go on (RFC 3711 §3.3.1). A key must not be given to two legs, nor again after another.',
  },
);
export type Security = Static<typeof Security>;

const legMedia = {
  remote: Type.Optional(
    Type.Object(
      {
        rtp: Endpoint,
        rtcp: Endpoint,
        policy: Type.Union([
          Type.Literal('signalled', { description: 'take packets from the signalled address only' }),
          Type.Literal('learn-once', {
            description: 'symmetric RTP: follow the first valid packet, then stay (RFC 4961)',
          }),
        ]),
      },
      closed,
    ),
  ),
  receive: Type.Optional(Type.Array(Codec, { maxItems: 12, description: 'codecs that may arrive, by payload type' })),
  receiveTelephoneEvent: Type.Optional(
    Type.Union([TelephoneEvent, Type.Array(TelephoneEvent, { maxItems: 4 })], {
      description: 'one, or one for each clock rate of the codecs',
    }),
  ),
  send: Type.Optional(Codec),
  sendTelephoneEvent: Type.Optional(TelephoneEvent),
  packetMs: Type.Optional(
    Type.Union([Type.Literal(10), Type.Literal(20), Type.Literal(30), Type.Literal(40), Type.Literal(60)], {
      description: 'packet time of what we send, default 20',
    }),
  ),
  direction: Type.Optional(
    Type.Union(
      [Type.Literal('sendrecv'), Type.Literal('sendonly'), Type.Literal('recvonly'), Type.Literal('inactive')],
      {
        description:
          'from our side; a leg that does not receive contributes silence, one that does not send sends nothing',
      },
    ),
  ),
  hears: Type.Optional(Hears),
  security: Type.Optional(nullable(Security, 'SDES-SRTP; null, the default: plain RTP')),
};

export const LegOpen = Type.Object(
  {
    leg: Type.String({ minLength: 1, maxLength: 64 }),
    local: Type.Object({ host: Type.String(), rtpPort: Port, rtcpPort: Port }, closed),
    ...legMedia,
  },
  { ...closed, description: 'without remote and codecs the leg only holds its ports' },
);
export type LegOpen = Static<typeof LegOpen>;

export const LegUpdate = Type.Object(
  { leg: Type.String(), ...legMedia },
  { ...closed, description: 'absent keys stay as they are' },
);
export type LegUpdate = Static<typeof LegUpdate>;

const ratio = (description: string) => nullable(Type.Number({ minimum: 0, maximum: 1 }), description);
const ms = (description: string) => nullable(Type.Number(), description);
const audioFigures = {
  levelDbov: nullable(Type.Number(), 'RMS'),
  peakDbov: nullable(Type.Number(), ''),
  clippedRatio: ratio("share of samples at the end of G.711's range or beyond"),
  silentRatio: ratio('share of the audio, in blocks of 20 ms, below -60 dBov'),
};

/** What a leg measured over a stretch of time; null is what was not measured in it. */
export const QualityFigures = Type.Object(
  {
    ms: Type.Number({ description: 'its length' }),
    received: Type.Object(
      {
        codec: nullable(Type.String(), 'of the last packet of audio'),
        packetMs: ms('how far packets are stamped apart'),
        packets: Type.Integer(),
        expected: Type.Integer({ description: 'RFC 3550 A.3' }),
        lost: Type.Integer({ description: 'on the network' }),
        lossRatio: ratio('of those that were expected'),
        late: Type.Integer({ description: 'came after their time in the jitter buffer' }),
        dropped: Type.Integer({ description: 'thrown away by the jitter buffer: too many at once' }),
        unplayedRatio: ratio('lost, late or dropped'),
        burstRatio: nullable(
          Type.Number(),
          'ITU-T G.107: mean run of packets not played, over the mean run at random loss of that ratio; null without a loss',
        ),
        burstMs: ms('RFC 3611, Gmin 16: mean length of bursts; null without one'),
        gapMs: ms('RFC 3611: mean length of what is between bursts'),
        jitterMs: ms('mean of the differences that RFC 3550 A.8 smooths'),
        bufferMs: ms('mean time in the jitter buffer; null of what is only relayed'),
        delayAddedMs: ms('mean, socket in → its audio on its way out again'),
        concealedMs: Type.Number(),
        ...audioFigures,
      },
      closed,
    ),
    sent: Type.Object(
      {
        codec: nullable(Type.String(), 'null while nothing is sent'),
        packets: Type.Integer(),
        errors: Type.Integer(),
        reports: Type.Integer({ description: 'RTCP packets of the far end' }),
        lossRatio: ratio('as the far end reports'),
        jitterMs: ms('as the far end reported last'),
        ...audioFigures,
      },
      closed,
    ),
    roundTripMs: ms('mean; in an interval without a report the last that was measured'),
  },
  closed,
);
export type QualityFigures = Static<typeof QualityFigures>;

export const LegQuality = Type.Object(
  {
    leg: Type.String(),
    /** Since it was asked for last. */
    interval: QualityFigures,
    /** Since leg.open. */
    call: QualityFigures,
  },
  closed,
);
export type LegQuality = Static<typeof LegQuality>;

/** Whether media runs, in both directions, at this moment. */
export const LegFlow = Type.Object(
  {
    leg: Type.String(),
    receives: Type.Boolean({ description: 'it takes RTP, by its direction and codecs' }),
    sends: Type.Boolean({ description: 'it may send, by its direction and remote' }),
    received: Type.Integer({ description: 'packets' }),
    sinceReceivedMs: ms('since the last packet; null before the first'),
    sinceSoundMs: ms('how long nothing above -60 dBov has come; null while the leg does not decode'),
    sent: Type.Integer({ description: 'packets' }),
    sendErrors: Type.Integer({ description: 'packets that the network refused (a closed port is one reason)' }),
    sinceReportMs: ms("since the far end's last RTCP packet; null before the first"),
    deafMs: ms(
      'for how long the far end, by its last report, has received nothing of what we send; null while it hears us',
    ),
    missed: nullable(
      Type.Integer(),
      'packets that it sent between its last two sender reports, and that did not come; null before there was one',
    ),
  },
  closed,
);
export type LegFlow = Static<typeof LegFlow>;

const Page = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'the last leg of the page before; absent: the first page',
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'default 200' })),
  },
  closed,
);
const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ legs: Type.Array(item), more: Type.Boolean({ description: 'there is another page' }) }, closed);

export const LegStats = Type.Object(
  {
    leg: Type.String(),
    openMs: Type.Number({ description: 'milliseconds since leg.open' }),
    received: Type.Object(
      {
        packets: Type.Integer(),
        bytes: Type.Integer({ description: 'RTP payload bytes' }),
        expected: Type.Integer({ description: 'RFC 3550 A.3' }),
        lost: Type.Integer(),
        duplicates: Type.Integer(),
        reordered: Type.Integer(),
        late: Type.Integer({ description: 'came after their time in the jitter buffer' }),
        discarded: Type.Integer({
          description:
            'from another address than the policy allows, malformed, of an unknown payload type, or replayed',
        }),
        unauthenticated: Type.Optional(
          Type.Integer({ description: 'of a leg with security: packets without a right authentication tag' }),
        ),
        jitterMs: nullable(Type.Number(), 'RFC 3550 interarrival jitter'),
        ssrc: nullable(Type.Integer(), ''),
        from: nullable(Endpoint, 'where packets come from'),
        sinceLastMs: nullable(Type.Number(), 'milliseconds since the last RTP packet that was taken'),
        concealedMs: Type.Number(),
        levelDbov: nullable(Type.Number(), 'RMS of the last second of decoded audio'),
        frequencyHz: nullable(
          Type.Number(),
          'by zero crossings over the last second: right for one steady tone, null below -50 dBov',
        ),
      },
      closed,
    ),
    sent: Type.Object(
      {
        packets: Type.Integer(),
        bytes: Type.Integer(),
        errors: Type.Integer(),
        notRelayed: Type.Optional(
          Type.Integer({
            description:
              'of a leg that has heard a leg: packets that it did not send on, as its far end agreed no such payload type',
          }),
        ),
        ssrc: Type.Integer(),
        levelDbov: nullable(Type.Number(), 'RMS of the last second of audio that was encoded'),
      },
      closed,
    ),
    rtcp: Type.Object(
      {
        received: Type.Integer(),
        sent: Type.Integer(),
        roundTripMs: nullable(Type.Number(), ''),
        remoteLossRatio: nullable(Type.Number(), '0–1, of the last report block about us'),
        remoteJitterMs: nullable(Type.Number(), ''),
      },
      closed,
    ),
    buffer: Type.Object(
      {
        targetMs: nullable(Type.Number(), ''),
        delayMs: nullable(Type.Number(), 'mean time that audio of the last second spent between socket and mix'),
      },
      closed,
    ),
    delayAddedMs: nullable(
      Type.Object({ p50: Type.Number(), p95: Type.Number(), p99: Type.Number(), max: Type.Number() }, closed),
      'socket in → its audio on its way out again, over the whole call',
    ),
    digits: Type.Object({ received: Type.Integer(), sent: Type.Integer() }, closed),
    /** Of the whole call; only when the leg closes. */
    quality: Type.Optional(QualityFigures),
  },
  closed,
);
export type LegStats = Static<typeof LegStats>;

export const Load = Type.Object(
  {
    legs: Type.Integer(),
    sessions: Type.Integer(),
    busyRatio: Type.Number({ description: 'share of one core that the loop used since the last ping, 0–1' }),
    tickLateUsP99: Type.Number({ description: 'how late mixes began, since the last ping' }),
    tickLateUsMax: Type.Number(),
    skippedTicks: Type.Integer({ description: 'ticks dropped after stalls, since start' }),
  },
  closed,
);
export type Load = Static<typeof Load>;

/** Every command: its parameters and what it returns. */
export const commands = {
  /** First command on a connection; starts or takes over the lease. */
  hello: {
    params: Type.Object(
      {
        protocol: Type.Integer(),
        client: Type.String({ description: 'boot id of the firmware process' }),
        leaseMs: Type.Integer({ minimum: 500, maximum: 60_000 }),
      },
      closed,
    ),
    result: Type.Object(
      {
        protocol: Type.Integer(),
        pid: Type.Integer(),
        bootId: Type.String(),
        worker: Type.String(),
        engine: Type.String({ description: 'plugin and GStreamer version' }),
        legs: Type.Integer(),
      },
      closed,
    ),
  },
  /** Renews the lease and shows that the engine's loop turns. */
  ping: { params: Nothing, result: Load },
  /** All that the engine holds. */
  dump: {
    params: Nothing,
    result: Type.Object(
      {
        legs: Type.Array(
          Type.Object(
            {
              leg: Type.String(),
              local: Type.Object({ host: Type.String(), rtpPort: Port, rtcpPort: Port }, closed),
              hears: Hears,
              direction: Type.String(),
              stats: LegStats,
            },
            closed,
          ),
        ),
        sessions: Type.Array(
          Type.Object({ session: Type.String(), sampleRate: Type.Integer(), legs: Type.Array(Type.String()) }, closed),
        ),
      },
      closed,
    ),
  },
  /** Closes every leg. */
  reset: { params: Nothing, result: Type.Object({ closed: Type.Integer() }, closed) },
  /** Closes every leg, answers, and ends the process. */
  stop: { params: Nothing, result: Nothing },
  'leg.open': { params: LegOpen, result: Type.Object({ ssrc: Type.Integer() }, closed) },
  'leg.update': { params: LegUpdate, result: Nothing },
  'leg.stats': { params: LegRef, result: LegStats },
  /** Quality of all legs, in the order of their ids; begins a new interval of each that it tells of. */
  'legs.quality': { params: Page, result: pageOf(LegQuality) },
  /** Whether media runs, of all legs; changes nothing. */
  'legs.flow': { params: Page, result: pageOf(LegFlow) },
  'leg.close': { params: LegRef, result: LegStats },
  /** Sends digits as RFC 4733 events; answers when they are queued, `leg.digits-sent` tells when the last one is out. */
  'leg.send-digits': {
    params: Type.Object(
      {
        leg: Type.String(),
        digits: Type.String({ pattern: '^[0-9A-D*#p]{1,64}$', description: 'p: 500 ms pause' }),
        digitMs: Type.Optional(Type.Integer({ minimum: 40, maximum: 5000, description: 'default 100' })),
        gapMs: Type.Optional(Type.Integer({ minimum: 40, maximum: 5000, description: 'default 100' })),
      },
      closed,
    ),
    result: Type.Object(
      { queuedMs: Type.Integer({ description: 'how long until the last digit of the queue is out' }) },
      closed,
    ),
  },
} as const;

/** Every event. */
export const events = {
  /** The first RTP packet that a leg took. */
  'leg.rtp-started': Type.Object(
    { leg: Type.String(), from: Endpoint, ssrc: Type.Integer(), payloadType: Type.Integer() },
    closed,
  ),
  /** A digit ended (once each, however often it was repeated or lost in part). */
  'leg.digit': Type.Object(
    {
      leg: Type.String(),
      digit: Type.String({ pattern: '^[0-9A-D*#]$' }),
      durationMs: Type.Integer(),
      source: Type.Literal('rfc4733'),
    },
    closed,
  ),
  'leg.digits-sent': Type.Object({ leg: Type.String() }, closed),
  /** The leg cannot go on (socket, codec); it stays open until it is closed. */
  'leg.failed': Type.Object({ leg: Type.String(), code: Type.String(), message: Type.String() }, closed),
} as const;

export type Method = keyof typeof commands;
export type Params<M extends Method> = Static<(typeof commands)[M]['params']>;
export type Result<M extends Method> = Static<(typeof commands)[M]['result']>;
export type EventName = keyof typeof events;
export type EventParams<E extends EventName> = Static<(typeof events)[E]>;

/** Codes that a worker's `error.code` can have. */
export const errorCodes = {
  'media.bad-request': 'not JSON, an unknown method, or parameters that do not fit the schema',
  'media.protocol-mismatch': 'firmware and worker speak different protocol versions',
  'media.leg-unknown': 'no leg of that id',
  'media.leg-exists': 'a leg of that id is open',
  'media.port-in-use': 'the local port could not be bound',
  'media.codec-failed': 'a codec could not be made (missing element, bad description)',
  'media.security-failed': 'libsrtp refused a key (out of memory)',
  'media.no-telephone-event': 'digits asked for on a leg that has not negotiated telephone-event',
  'media.overloaded': 'the loop is late: no new legs',
} as const;
