/** ICE of a leg that is reached through a port that many legs share (RFC 8445, as a lite agent). */
import { type Static, Type } from 'typebox';
import { closed, nullable } from './schema.ts';

const IceChar = '[A-Za-z0-9+/]';

/** Ours, as in a=ice-ufrag and a=ice-pwd (RFC 8839 §5.4). */
export const IceCredentials = Type.Object(
  {
    ufrag: Type.String({ pattern: `^${IceChar}{4,32}$`, description: 'no other leg of the port has it' }),
    password: Type.String({
      pattern: `^${IceChar}{22,64}$`,
      description: 'never told again, in no event, error or dump',
    }),
  },
  closed,
);
export type IceCredentials = Static<typeof IceCredentials>;

/** Where such a leg is reached: it has no port of its own. */
export const IceLocal = Type.Object(
  {
    ice: Type.Object(
      {
        hosts: Type.Array(Type.String({ description: 'IP address of this machine' }), {
          minItems: 1,
          maxItems: 16,
          description:
            'the port is bound on each of them with the first leg that names it, and given back with the last',
        }),
        port: Type.Integer({ minimum: 1, maximum: 65535, description: 'UDP, of RTP, RTCP, DTLS and STUN' }),
        tcpPort: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 65535,
            description: 'on the same hosts: the same packets, framed (RFC 4571) on connections of far ends (RFC 6544)',
          }),
        ),
        credentials: IceCredentials,
      },
      closed,
    ),
  },
  {
    ...closed,
    description:
      'The far end makes itself known by connectivity checks, of which only those with our password are answered; what it nominates is sent to, and nothing else is taken. RTCP is multiplexed. `remote` must not be given; `security` is DTLS.',
  },
);
export type IceLocal = Static<typeof IceLocal>;

/** The far end's path, whenever that changes. */
export const IceChanged = Type.Object(
  {
    leg: Type.String(),
    state: Type.Union([
      Type.Literal('connected', { description: 'a pair is nominated, the first one or another' }),
      Type.Literal('disconnected', { description: 'no check for 15 s (RFC 7675): it may come back' }),
    ]),
    remote: nullable(Type.Object({ host: Type.String(), port: Type.Integer() }, closed), 'null when disconnected'),
  },
  closed,
);
