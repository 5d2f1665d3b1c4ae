import { type Static, Type } from 'typebox';
import { SRTP_SUITES } from '../../pipelines/protocol/srtp-suites.ts';
import { CODEC_NAMES } from '../sdp/codecs-named.ts';
import { IdentitySchema } from './identity-schema.ts';
import { PolicySchema } from './policy-schema.ts';
import {
  Address,
  AddressRanges,
  Choice,
  Count,
  closed,
  Decibels,
  FilePath,
  Flag,
  group,
  Login,
} from './schema-parts.ts';
import { Target, TrunkName } from './target-schema.ts';

const Registration = Type.Object(
  {
    registrar: Type.Optional(Target('sip: URI of the registrar; default: the first target')),
    user: Type.Optional(
      Type.String({
        pattern: "^[0-9A-Za-z+_.~!*'()&=$-]{1,64}$",
        expected: 'the user part of a SIP URI',
        description: 'what we register as; default: the name of auth',
      }),
    ),
    expiresSeconds: Type.Integer({
      minimum: 60,
      maximum: 86_400,
      default: 3600,
      description: 'asked for; renewed at 85 % of what is granted',
    }),
  },
  { ...closed, description: 'register with the peer' },
);

const Tls = Type.Object(
  {
    caFile: Type.Optional(FilePath('certificates trusted for this trunk; default: those of sip.tls')),
    certificateFile: Type.Optional(FilePath('certificate that we show to the peer')),
    keyFile: Type.Optional(FilePath('its key')),
    pins: Type.Array(
      Type.String({
        pattern: '^[A-Za-z0-9+/]{43}=$',
        expected: 'base64 of the SHA-256 of a public key (44 characters)',
      }),
      { maxItems: 16, default: [], description: 'accept only these public keys (base64 SHA-256 of the SPKI)' },
    ),
    verify: Flag(true, 'refuse a certificate that is not trusted or names another host'),
  },
  group,
);

const NumberFormats = Type.Object(
  {
    in: Type.Object(
      {
        country: Type.Optional(
          Type.String({
            pattern: '^[1-9][0-9]{0,2}$',
            expected: 'a country code such as "44", in quotes',
            description: 'country of numbers that come or go without one',
          }),
        ),
        trunkPrefix: Type.String({
          pattern: '^[0-9]{0,3}$',
          expected: 'up to three digits, in quotes',
          default: '0',
          description: 'written before a national number',
        }),
        international: Type.String({
          pattern: '^[0-9]{1,5}$',
          expected: 'one to five digits, in quotes',
          default: '00',
          description: 'written before a country code',
        }),
      },
      group,
    ),
    out: Choice(['e164', 'plain', 'national', 'international'], {
      default: 'e164',
      description: 'how we write numbers: +442071234567, 442071234567, 02071234567 or 00442071234567',
    }),
  },
  group,
);

const Dtmf = Type.Object(
  {
    accept: Type.Array(Choice(['rfc4733', 'info', 'inband'], { description: 'way' }), {
      minItems: 1,
      maxItems: 3,
      default: ['rfc4733', 'info'],
      description:
        'ways in which digits are taken; a digit that comes in two of them counts once. inband: as tones in the audio, which is decoded for it in bridges as well',
    }),
    send: Choice(['auto', 'rfc4733', 'info', 'inband'], {
      default: 'auto',
      description:
        'way in which digits are sent; auto: rfc4733, or to a peer without telephone-event inband (G.711, G.722, L16, Opus) or else info',
    }),
    removeInband: Type.Optional(
      Type.Boolean({
        expected: 'true or false',
        description:
          'nobody hears the tones of digits that were recognised in the audio (which is held back by 20 ms for it) or that lie beside RFC 4733 events. Default: true when inband is accepted',
      }),
    ),
  },
  group,
);

const HEADER_PATTERN = "^[A-Za-z0-9.!%_+`'~-]{1,64}\\*?$";

const Trunk = Type.Object(
  {
    name: TrunkName('name of the trunk in routes, events and MQTT topics'),
    targets: Type.Array(
      Target(
        'a SIP URI; ;timeout=2000…20000 (ms to the first response), ;transport=, ;media= are ours; or "registered"',
      ),
      { maxItems: 16, default: [], description: 'where calls to this trunk go, in order' },
    ),
    balance: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 1,
      description: 'how many of the first targets share the calls; the rest are back-up',
    }),
    auth: Type.Optional(Login('what we answer a challenge of the peer with')),
    register: Type.Optional(Registration),
    optionsSeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 60,
      description: 'how often each target is asked by OPTIONS whether it is well; 0 never',
    }),
    sources: AddressRanges({ default: [], description: 'addresses that may call us as this trunk' }),
    login: Type.Optional(Login('digest with which the peer calls us, from wherever it is')),
    registrations: Flag(false, 'the peer may REGISTER with that login; the target "registered" is where it then is'),
    codecs: Type.Optional(
      Type.Array(Choice(CODEC_NAMES, { description: 'codec' }), {
        minItems: 1,
        maxItems: 16,
        description:
          'codecs offered and taken, best first; those that the box cannot decode count for bridges. Default: those of media.codecs, and in bridges all',
      }),
    ),
    codecOrder: Choice(['theirs', 'ours'], {
      default: 'theirs',
      description: 'whose order decides which codec an answer takes: that of the offer, or of our list',
    }),
    media: Choice(['rtp', 'srtp', 'prefer-srtp', 'dtls-srtp'], {
      default: 'rtp',
      description:
        'plain RTP, SRTP alone (offered by SDES; DTLS-SRTP is taken as well), SRTP when the peer can, or DTLS-SRTP alone',
    }),
    dtlsSetup: Choice(['active', 'passive'], {
      default: 'active',
      description:
        'whether we begin the DTLS handshake where a caller leaves the choice (a=setup:actpass); passive reaches phones behind a NAT',
    }),
    srtpSuites: Type.Array(Choice(SRTP_SUITES, { description: 'suite' }), {
      minItems: 1,
      maxItems: SRTP_SUITES.length,
      default: SRTP_SUITES,
      description:
        'suites of SRTP that are taken, and offered in this order; each makes an INVITE 80 to 110 bytes longer',
    }),
    advertise: Type.Optional(Address({ description: 'address written in SDP to this trunk; default: that of media' })),
    rtpFrom: Choice(['signalled', 'learn-once', 'follow'], {
      default: 'learn-once',
      description:
        'whose RTP is taken, and where ours goes: the address in SDP alone; the one that the first packet comes from (NAT); or that, and after it the one that the same stream moves to',
    }),
    rtcpMux: Choice(['refuse', 'accept', 'offer'], {
      default: 'accept',
      description: 'RTCP on the port of RTP (RFC 5761): never, where the peer offers it, or offered by us too',
    }),
    keepAliveSeconds: Type.Integer({
      minimum: 0,
      maximum: 300,
      default: 15,
      description: 'how often a leg that sends nothing (hold) sends an empty packet, for the NATs on the way; 0 never',
    }),
    tls: Tls,
    identity: IdentitySchema,
    numbers: NumberFormats,
    earlyMedia: Choice(['relay', 'ignore', 'ringback'], {
      default: 'relay',
      description: 'what a bridged caller hears before the answer: the far end, nothing, or our own tone',
    }),
    dtmf: Dtmf,
    gain: Type.Object(
      {
        receiveDb: Decibels('how much louder the others hear it'),
        sendDb: Decibels('how much louder it hears the others'),
      },
      group,
    ),
    audioProcessing: Type.Object(
      {
        noiseSuppression: Flag(false, 'take steady noise out of what it says'),
        gainControl: Flag(false, 'bring what it says to an even level'),
      },
      group,
    ),
    refer: Choice(['refuse', 'accept'], { default: 'refuse', description: 'transfers that the peer asks for (REFER)' }),
    replaces: Choice(['refuse', 'accept'], {
      default: 'refuse',
      description: 'calls of the peer that take the place of another call of it (Replaces)',
    }),
    messages: Choice(['refuse', 'accept'], { default: 'refuse', description: 'MESSAGE and PUBLISH of the peer' }),
    headers: Type.Object(
      {
        pass: Type.Array(
          Type.String({
            pattern: HEADER_PATTERN,
            expected: 'a header name, or its start and "*": "X-*"',
          }),
          {
            maxItems: 32,
            default: ['X-*', 'User-to-User'],
            description: 'headers carried from one call of a bridge to the other',
          },
        ),
      },
      group,
    ),
    limits: Type.Object(
      {
        calls: Count(100, 100_000, 'calls at a time, both directions'),
        callsPerSecond: Count(10, 10_000, 'new calls in any second, both directions'),
      },
      group,
    ),
    policy: Type.Optional(PolicySchema),
  },
  closed,
);

export const TrunksSchema = Type.Array(Trunk, {
  maxItems: 256,
  default: [],
  description: 'SIP peers: carriers and PBXs',
});

export type TrunkConfig = Static<typeof Trunk>;
export type NumberFormats = TrunkConfig['numbers'];
