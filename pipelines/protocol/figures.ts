/** What the engine measured: of a leg, of an interval, of the loop. */
import { type Static, Type } from 'typebox';
import { DtlsFigures } from './dtls.ts';
import { Endpoint } from './leg-media.ts';
import { closed, nullable } from './schema.ts';
import { VideoFigures } from './video.ts';

const ratio = (description: string) => nullable(Type.Number({ minimum: 0, maximum: 1 }), description);
const ms = (description: string) => nullable(Type.Number(), description);
const audioFigures = {
  levelDbov: nullable(Type.Number(), 'RMS; null while nothing is decoded'),
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
        levelDbov: nullable(Type.Number(), 'RMS of the last second of decoded audio; null while none is'),
        frequencyHz: nullable(
          Type.Number(),
          'by zero crossings over the last second: right for one steady tone, null below -50 dBov',
        ),
        processed: Type.Optional(
          Type.Object(
            {
              levelDbov: nullable(Type.Number(), 'RMS of the last second of what went into the mix'),
              problem: nullable(Type.String(), 'why it goes there unprocessed'),
            },
            { ...closed, description: 'of a leg with a gain or processing of its own' },
          ),
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
        forwarded: Type.Optional(
          Type.Integer({ description: 'packets that went on as they came from the other leg of a pair; absent: none' }),
        ),
        ssrc: Type.Integer(),
        levelDbov: nullable(Type.Number(), 'RMS of the last second of audio that was encoded, or went on as it came'),
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
    /** Of a leg with DTLS-SRTP. */
    dtls: Type.Optional(DtlsFigures),
    video: Type.Optional(VideoFigures),
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
    iceStrangers: Type.Integer({
      description: 'datagrams dropped at the WebRTC port, since start: of nobody known, forged or replayed',
    }),
    iceStreams: Type.Integer({ description: 'TCP connections of WebRTC clients, now' }),
    iceStreamsRefused: Type.Integer({
      description: 'and those that were closed since start: too many, or nobody known within 5 s',
    }),
  },
  closed,
);
export type Load = Static<typeof Load>;
