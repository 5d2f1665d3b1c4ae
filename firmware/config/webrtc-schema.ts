import { Type } from 'typebox';
import { VIDEO_CODEC_NAMES } from '../../pipelines/codecs/video-codecs.ts';
import { Address, Choice, Count, Flag, group, Port } from './schema-parts.ts';

const Addresses = (description: string) =>
  Type.Optional(Type.Array(Address({ description: 'address' }), { minItems: 1, maxItems: 16, description }));

export const WebrtcSchema = Type.Object(
  {
    enabled: Flag(true, 'let WebRTC clients publish and subscribe (WHIP, WHEP)'),
    port: Port({
      default: 3480,
      description: 'UDP port of their media, one for all; further workers take the ones behind it',
    }),
    tcpPort: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65535,
        description:
          'TCP port for clients whose network lets no UDP out, counted alike; default: the number of webrtc.port; 0: none',
      }),
    ),
    hosts: Addresses('addresses of that port; default: media.host, or all of the machine where that is 0.0.0.0 or ::'),
    advertise: Addresses('addresses told to clients when they differ from hosts; default: media.advertise'),
    video: Type.Object(
      {
        codecs: Type.Array(Choice(VIDEO_CODEC_NAMES, { description: 'codec' }), {
          maxItems: VIDEO_CODEC_NAMES.length,
          default: [...VIDEO_CODEC_NAMES],
          description: 'taken from who publishes, best first: the first one that is offered; none: no video',
        }),
        maxKbps: Type.Integer({
          minimum: 30,
          maximum: 50_000,
          default: 2500,
          description: 'kbit/s that a camera is told to stay below',
        }),
      },
      group,
    ),
    peers: Type.Object(
      {
        perSession: Count(500, 100_000, 'publications and subscriptions of a session at a time; more get 429'),
        inAll: Count(2000, 100_000, 'of the box'),
      },
      group,
    ),
  },
  group,
);
