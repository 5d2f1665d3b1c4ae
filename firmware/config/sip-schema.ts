import { type Static, Type } from 'typebox';
import { Address, Advertise, Choice, closed, FilePath, Flag, group, Port } from './schema-parts.ts';

const Listener = Type.Object(
  {
    transport: Choice(['udp', 'tcp', 'tls'], { description: 'transport protocol' }),
    host: Address({ description: 'address to listen on', default: '127.0.0.1' }),
    port: Port({ description: 'port to listen on; 5061 when the transport is tls', default: 5060 }),
    advertise: Type.Optional(
      Advertise('host[:port] written in Via and Contact when it differs from what is listened on'),
    ),
    certificateFile: Type.Optional(FilePath('tls: our certificate, followed by those that lead to its root')),
    keyFile: Type.Optional(FilePath('tls: the key of that certificate')),
    clientCaFile: Type.Optional(FilePath('tls: who connects must show a certificate signed by one of these')),
    learnAddress: Flag(false, 'without advertise: write in Contact the address that answers show us under (RFC 3581)'),
  },
  closed,
);

export const SipSchema = Type.Object(
  {
    listeners: Type.Array(Listener, {
      minItems: 1,
      maxItems: 16,
      default: [{ transport: 'udp' }, { transport: 'tcp' }],
      description: 'where SIP is spoken',
    }),
    strangers: Choice(['silent', 'refuse'], {
      default: 'silent',
      description: 'what a source that is no trunk hears: nothing, or 403',
    }),
    sessionTimer: Type.Object(
      {
        intervalSeconds: Type.Integer({
          minimum: 90,
          maximum: 86_400,
          default: 1800,
          description: 'a call whose far end is not heard of for this long has ended (RFC 4028 Session-Expires)',
        }),
        minSeconds: Type.Integer({
          minimum: 90,
          maximum: 86_400,
          default: 90,
          description: 'shortest interval that a peer may ask for (Min-SE)',
        }),
      },
      group,
    ),
    digestAlgorithms: Type.Array(Choice(['MD5', 'SHA-256', 'SHA-512-256'], { description: 'algorithm' }), {
      minItems: 1,
      maxItems: 3,
      default: ['MD5'],
      description:
        'what peers with a login are asked for, best first; many a phone gives up when it sees another than MD5',
    }),
    dnsServers: Type.Optional(
      Type.Array(Advertise('address'), {
        minItems: 1,
        maxItems: 8,
        description: 'name servers asked for NAPTR, SRV and addresses, IP[:port]; default: those of the system',
      }),
    ),
    traces: Type.Object(
      {
        write: Choice(['failed', 'all', 'none'], {
          default: 'failed',
          description: 'calls whose SIP messages are written to the state directory when they end',
        }),
        files: Type.Integer({
          minimum: 1,
          maximum: 100_000,
          default: 500,
          description: 'how many calls are kept there',
        }),
      },
      group,
    ),
    tls: Type.Object(
      {
        caFile: Type.Optional(FilePath('certificates trusted on connections that we open; default: the public ones')),
        verify: Flag(
          true,
          'refuse a server whose certificate is not trusted or names another host; false holds for every trunk',
        ),
      },
      group,
    ),
  },
  group,
);

export type ListenerConfig = Static<typeof Listener>;
export type SipConfig = Static<typeof SipSchema>;
