/** Video of a leg: packets go on as they came, never decoded. */
import { type Static, Type } from 'typebox';
import { closed, nullable } from './schema.ts';

const PayloadType = Type.Integer({ minimum: 0, maximum: 127 });
const Ssrc = Type.Integer({ minimum: 1, maximum: 2 ** 32 - 1 });

export const VideoCodec = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 32, description: 'encoding name as in a=rtpmap: "VP8", "H264"' }),
    payloadType: PayloadType,
    retransmissionPayloadType: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 127, description: 'of a=rtpmap rtx (RFC 4588); absent: there are none' }),
    ),
  },
  closed,
);
export type VideoCodec = Static<typeof VideoCodec>;

const ExtensionId = (of: string) =>
  Type.Integer({ minimum: 1, maximum: 255, description: `id of the header extension ${of}` });

export const Simulcast = Type.Object(
  {
    rids: Type.Array(Type.String({ minLength: 1, maxLength: 16 }), {
      minItems: 1,
      maxItems: 3,
      description: 'a=rid of each layer (RFC 8851), the smallest first where nothing else says it',
    }),
    ridExtension: ExtensionId('urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'),
    repairedRidExtension: Type.Optional(ExtensionId('urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id')),
  },
  {
    ...closed,
    description:
      'the picture comes in several sizes at once (RFC 8853); a viewer is sent the one that he wants (`seesSize`) and can take, from a key frame on. Absent: one stream',
  },
);
export type Simulcast = Static<typeof Simulcast>;

export const ReceiveVideo = Type.Object(
  {
    codecs: Type.Array(VideoCodec, { minItems: 1, maxItems: 12, description: 'what may arrive, by payload type' }),
    maxBitrate: Type.Integer({
      minimum: 30_000,
      maximum: 50_000_000,
      description:
        'bit/s that the far end is told to stay below (REMB), or less where a viewer can take less and there is no simulcast',
    }),
    simulcast: Type.Optional(Simulcast),
    transportSequenceExtension: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 255,
        description:
          'id of the header extension of draft-holmer-rmcat-transport-wide-cc-extensions-01: the far end is told every 60 ms when each packet came; absent: it is not',
      }),
    ),
  },
  {
    ...closed,
    description:
      'what is lost on the way here is asked for again (NACK), key frames are asked for when a viewer needs one (PLI, at most two a second)',
  },
);
export type ReceiveVideo = Static<typeof ReceiveVideo>;

export const SendVideo = Type.Object(
  {
    codec: VideoCodec,
    ssrc: Ssrc,
    retransmissionSsrc: Type.Optional(Ssrc),
    absoluteSendTimeExtension: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 14,
        description:
          'id of the header extension http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time, by which the far end estimates what its way carries; absent: packets have none',
      }),
    ),
  },
  {
    ...closed,
    description:
      'one stream, whoever is seen; what the far end asks for again is sent again where there are retransmissions',
  },
);
export type SendVideo = Static<typeof SendVideo>;

export const VideoSize = Type.Object(
  { width: Type.Integer({ minimum: 1, maximum: 16_384 }), height: Type.Integer({ minimum: 1, maximum: 16_384 }) },
  closed,
);
export type VideoSize = Static<typeof VideoSize>;

const Count = Type.Integer({ minimum: 0 });

/** Of `LegStats`; from its beginning. */
export const VideoFigures = Type.Object(
  {
    received: nullable(
      Type.Object(
        {
          packets: Count,
          bytes: Count,
          lost: Count,
          repaired: Type.Integer({ minimum: 0, description: 'of what was lost: came when it was asked for again' }),
          repeatsAsked: Count,
          keyFramesAsked: Count,
        },
        closed,
      ),
      'null where none may come',
    ),
    sent: nullable(Type.Object({ packets: Count, repeats: Count }, closed), 'null where none is sent'),
  },
  closed,
);
export type VideoFigures = Static<typeof VideoFigures>;
