import { Type } from 'typebox';
import { DEFAULT_CODECS } from '../../pipelines/codecs/codecs.ts';
import { DECODED_NAMES } from '../sdp/codecs-named.ts';
import { Address, Choice, Flag, group, Port } from './schema-parts.ts';

export const MediaSchema = Type.Object(
  {
    host: Address({ description: 'address of the RTP sockets', default: '127.0.0.1' }),
    ports: Type.Tuple([Port({ description: 'first' }), Port({ description: 'last' })], {
      default: [10000, 20000],
      expected: 'two ports, the lower one even: [10000, 20000]',
      description: 'first and last RTP port, both inclusive; a leg takes an even one and the next',
    }),
    codecs: Type.Array(Choice(DECODED_NAMES, { description: 'codec' }), {
      minItems: 1,
      maxItems: 11,
      default: DEFAULT_CODECS.map(({ name }) => name),
      description: 'codecs offered and taken, best first, where a trunk has no list of its own',
    }),
    forwardPairs: Flag(
      false,
      'while two of one codec are alone in a session, send the packets of each on to the other as they come: no added delay, no second coding',
    ),
    workers: Type.Integer({ minimum: 1, maximum: 64, default: 1, description: 'media worker processes' }),
    advertise: Type.Optional(Address({ description: 'address written in SDP when it differs from host' })),
  },
  group,
);
