/**
 * The configuration file: names, types, ranges, defaults and documentation, all from this one definition.
 *
 * Beside JSON Schema's own, three keywords are used: `expected` says in words what a value must be (for messages and
 * the reference), `secret` keeps a value out of every message, and a refinement checks what a pattern cannot.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { isAddress, isAddressRange, isAdvertise } from './address.ts';
import { CURRENT_VERSION } from './migrations.ts';

const closed = { additionalProperties: false } as const;

const refined = <T extends TSchema>(schema: T, check: (value: string) => boolean) =>
  Type.Refine(schema, value => typeof value === 'string' && check(value)) as T;

const Address = (options: { description: string; default?: string }) =>
  refined(Type.String({ ...options, expected: 'an IP address such as 127.0.0.1 or ::1' }), isAddress);

const Port = (options: { description: string; default?: number }) =>
  Type.Integer({ minimum: 1, maximum: 65535, ...options });

const Seconds = (seconds: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 7 * 86_400, default: seconds, description });

const Count = (count: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: count, description });

const WebUrl = (description: string) =>
  refined(
    Type.String({ maxLength: 2048, secret: true, expected: 'an http:// or https:// URL', description }),
    value => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  );

const Listener = Type.Object(
  {
    transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp')], { description: 'transport protocol' }),
    host: Address({ description: 'address to listen on', default: '127.0.0.1' }),
    port: Port({ description: 'port to listen on', default: 5060 }),
    advertise: Type.Optional(
      refined(
        Type.String({
          expected: 'host or host:port, an IPv6 address in brackets',
          description: 'host[:port] written in Via and Contact when it differs from what is listened on',
        }),
        isAdvertise,
      ),
    ),
  },
  closed,
);

const OpentokProject = Type.Object(
  {
    apiKey: Type.String({
      pattern: '^[0-9A-Za-z-]{1,64}$',
      expected: '1 to 64 digits, letters or hyphens, in quotes',
      description: 'the key that applications give to their SDK',
    }),
    apiSecret: Type.String({
      minLength: 6,
      maxLength: 256,
      secret: true,
      expected: 'a text of 6 to 256 characters, in quotes',
      description: 'the secret that signs requests and participant tokens',
    }),
    sipMonitoringUrl: Type.Optional(WebUrl('webhook that is told of every SIP call')),
    sessionMonitoringUrl: Type.Optional(WebUrl('webhook that is told of sessions, connections and streams')),
  },
  { ...closed, description: 'credentials and webhooks of an application that uses the OpenTok API' },
);

export const ConfigSchema = Type.Object(
  {
    version: Type.Integer({
      minimum: 1,
      maximum: CURRENT_VERSION,
      default: 1,
      description: 'version of this file format',
    }),
    box: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z_.-]{1,63}$',
        expected: '1 to 63 letters, digits, "_", "." or "-"',
        description: 'name of this box in MQTT topics and events; default: the host name',
      }),
    ),
    logLevel: Type.Union(
      [
        Type.Literal('trace'),
        Type.Literal('debug'),
        Type.Literal('info'),
        Type.Literal('warn'),
        Type.Literal('error'),
        Type.Literal('silent'),
      ],
      { default: 'info', description: 'least severe log line that is written' },
    ),
    http: Type.Object(
      {
        host: Address({ description: 'address of the HTTP API', default: '127.0.0.1' }),
        port: Port({ description: 'port of the HTTP API', default: 8080 }),
      },
      { ...closed, default: {} },
    ),
    sip: Type.Object(
      {
        listeners: Type.Array(Listener, {
          minItems: 1,
          maxItems: 16,
          default: [{ transport: 'udp' }, { transport: 'tcp' }],
          description: 'where SIP is spoken',
        }),
      },
      { ...closed, default: {} },
    ),
    media: Type.Object(
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
      { ...closed, default: {} },
    ),
    mqtt: Type.Object(
      {
        embedded: Type.Optional(
          Type.Object(
            {
              host: Address({ description: 'address of the embedded broker', default: '127.0.0.1' }),
              port: Port({ description: 'port of the embedded broker', default: 1883 }),
            },
            { ...closed, description: 'run a broker inside the gateway (used when url is absent)' },
          ),
        ),
        url: Type.Optional(
          refined(
            Type.String({
              maxLength: 1024,
              secret: true,
              expected: 'mqtt://user:password@host:port or mqtts://…',
              description: 'an external broker instead: mqtt(s)://user:password@host:port',
            }),
            value => URL.canParse(value) && /^mqtts?:$/.test(new URL(value).protocol),
          ),
        ),
      },
      { ...closed, default: { embedded: {} } },
    ),
    stateDir: Type.String({
      minLength: 1,
      maxLength: 1024,
      default: './state',
      description: 'folder of the database and the generated credentials, relative to the working directory',
    }),
    allowPrivateTargets: Type.Boolean({
      default: true,
      description: 'let webhooks and SIP calls go to loopback and private addresses',
    }),
    builtinNumbers: Type.Object(
      {
        allowFrom: Type.Array(
          refined(
            Type.String({ expected: 'an address range such as 127.0.0.0/8, fd00::/8 or 192.0.2.7' }),
            isAddressRange,
          ),
          {
            maxItems: 256,
            default: ['127.0.0.0/8'],
            description: 'sources that may call tone, echo and room-<name>; all others hear nothing',
          },
        ),
      },
      { ...closed, default: {} },
    ),
    from: Type.Object(
      {
        allowAlphanumeric: Type.Boolean({
          default: false,
          description: 'show a from that is not a number to the far end as it is, instead of +00000000',
        }),
      },
      { ...closed, default: {} },
    ),
    limits: Type.Object(
      {
        ringSeconds: Seconds(120, 'how long a call may ring without an answer'),
        firstRtpSeconds: Seconds(30, 'an answered call without any RTP ends after this (reason 704)'),
        inactivitySeconds: Seconds(300, 'a call whose RTP stopped ends after this (reason 706)'),
        callSeconds: Seconds(21_600, 'longest call (reason 705)'),
        callsPerProject: Count(1000, 100_000, 'calls that a project may have at a time; more get 429'),
        sessionsPerProject: Count(
          20_000,
          1_000_000,
          'sessions kept for a project; the one unused longest makes way, 429 when none is unused for an hour',
        ),
        connectionsPerSession: Count(1000, 100_000, 'connections in a session at a time'),
      },
      { ...closed, default: {} },
    ),
    projects: Type.Optional(
      Type.Array(Type.Object({ opentok: OpentokProject }, closed), {
        maxItems: 1000,
        description: 'tenants; when absent, one is generated at the first start and kept in the state directory',
      }),
    ),
  },
  closed,
);

/** A configuration with every default filled in. */
export type Config = Static<typeof ConfigSchema> & { readonly box: string };
