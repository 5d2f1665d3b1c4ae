/** What a leg is told: where its media goes, in what codecs, secured how, and what its far end hears. */
import { type Static, Type } from 'typebox';
import { Dtls } from './dtls.ts';
import { IceCredentials, IceLocal } from './ice.ts';
import { closed, nullable } from './schema.ts';
import { ReceiveVideo, SendVideo, VideoSize } from './video.ts';

export const Port = Type.Integer({ minimum: 1, maximum: 65535 });

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
      Type.Literal('g722', { description: 'ITU-T G.722 at 64 kbit/s, from the recommendation' }),
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
          codec: Type.Literal('opus', { description: 'RFC 6716, by libopus; the rest is how it is encoded' }),
          complexity: Type.Integer({ minimum: 0, maximum: 10 }),
          bitrate: Type.Integer({
            minimum: 6000,
            maximum: 510_000,
            description: 'bit/s: variable, with an upper limit, unless cbr',
          }),
          cbr: Type.Optional(Type.Boolean({ description: 'packets of the same size, default false' })),
          fec: Type.Optional(
            Type.Boolean({
              description:
                'while the far end reports loss, a packet holds in part what was in the one before it; default false',
            }),
          ),
          dtx: Type.Optional(Type.Boolean({ description: 'silence is not sent, default false' })),
        },
        closed,
      ),
      Type.Object(
        {
          decode: Type.String({
            description: 'GStreamer bin description: RTP payload bytes in, S16LE mono at sampleRate out',
          }),
          decodeCaps: Type.String({ description: 'caps of what is pushed into it' }),
          encode: Type.String({
            description: 'GStreamer bin description: S16LE mono at sampleRate in, one RTP payload a buffer out',
          }),
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

/** One or two frequencies (ITU-T E.180). */
export const Tone = {
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
} as const;

/** What a leg's far end is given to hear. */
export const Hears = Type.Union([
  Type.Object({ kind: Type.Literal('silence') }, closed),
  Type.Object(
    {
      kind: Type.Literal('session'),
      session: Type.String({ minLength: 1, maxLength: 256 }),
      only: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
          maxItems: 64,
          description:
            'of its legs these alone, whether or not they are there already, and nothing that is played into the session; the own one is never heard; who hears the same is encoded once',
        }),
      ),
      except: Type.Optional(
        Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
          maxItems: 64,
          description: 'not beside `only`: everybody but these and the own one, and what is played into the session',
        }),
      ),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('echo') }, closed),
  Type.Object({ kind: Type.Literal('tone'), ...Tone }, closed),
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
  [
    Type.Literal('AES_CM_128_HMAC_SHA1_80'),
    Type.Literal('AES_CM_128_HMAC_SHA1_32'),
    Type.Literal('AES_256_CM_HMAC_SHA1_80'),
    Type.Literal('AES_256_CM_HMAC_SHA1_32'),
    Type.Literal('AEAD_AES_128_GCM'),
    Type.Literal('AEAD_AES_256_GCM'),
  ],
  { description: 'RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.1' },
);
export type SrtpSuite = Static<typeof SrtpSuite>;

/** What stands in each packet of a key that has one (RFC 3711 §3.1). RFC 4568 §6.1 allows 128 bytes. */
export const MasterKeyIdentifier = Type.Object(
  {
    value: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
    bytes: Type.Integer({ minimum: 1, maximum: 4 }),
  },
  closed,
);
export type MasterKeyIdentifier = Static<typeof MasterKeyIdentifier>;

/** One direction of SDES-SRTP: the suite and the `inline:` key. */
export const SrtpKey = Type.Object(
  {
    suite: SrtpSuite,
    mki: Type.Optional(MasterKeyIdentifier),
    key: Type.String({
      minLength: 38,
      maxLength: 64,
      description:
        'base64 of master key and salt as in a=crypto, of the length that the suite has; never told again, in no event, error or dump',
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

export const LegSecurity = Type.Union([Security, Dtls]);
export type LegSecurity = Static<typeof LegSecurity>;

const GainDb = Type.Number({ minimum: -40, maximum: 20 });

const legMedia = {
  remote: Type.Optional(
    nullable(
      Type.Object(
        {
          rtp: Endpoint,
          rtcp: Endpoint,
          policy: Type.Union(
            [
              Type.Literal('signalled', { description: 'take packets from the signalled address only' }),
              Type.Literal('learn-once', {
                description: 'symmetric RTP: follow the first valid packet, then stay (RFC 4961)',
              }),
              Type.Literal('follow', {
                description:
                  'the same, and then to another address, when 300 ms after the last packet from the one before five have come of the same SSRC (of a secured leg: with the right tag); at most every 5 s',
              }),
            ],
            { description: 'neither loopback nor the own nor a group address is learned where another was signalled' },
          ),
        },
        closed,
      ),
      'null: nothing is sent, RTCP neither (c=0.0.0.0, RFC 3264 §8.4), and what was known of the far end stays',
    ),
  ),
  keepAliveMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 300_000,
      description:
        'after so long without a packet of RTP an empty one of payload type 20 (which nobody has) goes out, whatever the direction (RFC 6263 §4.6), and 100 ms after the remote was told, if nothing went out by then; RTCP keeps its own port open, and the one of both; 0, the default: never',
    }),
  ),
  receive: Type.Optional(Type.Array(Codec, { maxItems: 12, description: 'codecs that may arrive, by payload type' })),
  receiveTelephoneEvent: Type.Optional(
    Type.Union([TelephoneEvent, Type.Array(TelephoneEvent, { maxItems: 4 })], {
      description: 'one, or one for each clock rate of the codecs',
    }),
  ),
  inbandDigits: Type.Optional(
    Type.Object(
      {
        detect: Type.Boolean({ description: 'digits in the decoded audio (ITU-T Q.23) are told; not while relayed' }),
        remove: Type.Boolean({
          description:
            'who hears this leg hears neither what was detected (audio is held back by 20 ms for it) nor the audio beside RFC 4733 events',
        }),
      },
      { ...closed, description: 'default: neither' },
    ),
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
  muted: Type.Optional(
    Type.Boolean({
      description:
        'nobody hears what its far end says (default false), though its video is seen: a mix and a relaying leg get nothing of it, and nothing is decoded; digits, jitter buffer and the figures of packets go on. Goes over in 5 ms.',
    }),
  ),
  forward: Type.Optional(
    Type.Boolean({
      description:
        'while it and one other such leg of the same codec are alone in a session, what each says goes on to the other as it comes (default false): begun in a pause, ended whenever somebody else is to be heard, or nobody. Levels, figures, digits and recordings go on.',
    }),
  ),
  gain: Type.Optional(
    Type.Object(
      { receiveDb: Type.Optional(GainDb), sendDb: Type.Optional(GainDb) },
      {
        ...closed,
        description:
          'of what its far end says, on its way into the mix, and of what it hears (default 0): limited to 16 bits, a change is ramped over 20 ms. What is relayed undecoded is as it is.',
      },
    ),
  ),
  audioProcessing: Type.Optional(
    Type.Object(
      { noiseSuppression: Type.Boolean(), gainControl: Type.Boolean() },
      { ...closed, description: 'what webrtcdsp does to what its far end says, before its gain; default neither' },
    ),
  ),
  hears: Type.Optional(Hears),
  receiveVideo: Type.Optional(nullable(ReceiveVideo, 'null, the default: no video is taken')),
  sendVideo: Type.Optional(nullable(SendVideo, 'null, the default: no video is sent')),
  sees: Type.Optional(
    nullable(
      Type.String({ minLength: 1, maxLength: 64 }),
      "whose video is sent on, in the codec that both have by name: a leg's that is open; null, the default: nobody's",
    ),
  ),
  seesSize: Type.Optional(
    nullable(
      VideoSize,
      'of the layers of simulcast the smallest that is as large is seen; null, the default: the largest that the far end can take',
    ),
  ),
  security: Type.Optional(nullable(LegSecurity, 'SRTP by SDES or DTLS; null, the default: plain RTP')),
};

export const LegOpen = Type.Object(
  {
    leg: Type.String({ minLength: 1, maxLength: 64 }),
    local: Type.Union([Type.Object({ host: Type.String(), rtpPort: Port, rtcpPort: Port }, closed), IceLocal]),
    former: Type.Optional(
      Type.Object(
        {
          host: Type.String(),
          port: Port,
          ssrc: Type.Optional(
            Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'absent: whatever comes from there' }),
          ),
          dropMs: Type.Integer({ minimum: 1, maximum: 60_000 }),
        },
        {
          ...closed,
          description:
            'the far end of the leg that had these ports before: for so long it is not learned as that of this one, unless it is what remote says',
        },
      ),
    ),
    ...legMedia,
  },
  { ...closed, description: 'without remote and codecs the leg only holds its ports' },
);
export type LegOpen = Static<typeof LegOpen>;

export const LegUpdate = Type.Object(
  {
    leg: Type.String(),
    ice: Type.Optional(
      Type.Object(IceCredentials.properties, {
        ...closed,
        description: 'an ICE restart: the former ones count until a pair is nominated with these (RFC 8445 §9)',
      }),
    ),
    ...legMedia,
  },
  { ...closed, description: 'absent keys stay as they are' },
);
export type LegUpdate = Static<typeof LegUpdate>;
