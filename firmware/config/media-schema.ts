import { Type } from 'typebox';
import { Address, group, Port } from './schema-parts.ts';

export const MediaSchema = Type.Object(
  {
    host: Address({ description: 'address of the RTP sockets', default: '127.0.0.1' }),
    ports: Type.Tuple([Port({ description: 'first' }), Port({ description: 'last' })], {
      default: [10000, 20000],
      expected: 'two ports, the lower one even: [10000, 20000]',
      description: 'first and last RTP port, both inclusive; a leg takes an even one and the next',
    }),
    workers: Type.Integer({ minimum: 1, maximum: 64, default: 1, description: 'media worker processes' }),
    advertise: Type.Optional(Address({ description: 'address written in SDP when it differs from host' })),
  },
  group,
);
