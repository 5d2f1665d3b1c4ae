import { type Static, Type } from 'typebox';
import { Address, closed, FilePath, Flag, group, Port, refined } from './schema-parts.ts';

const Queue = Type.Object(
  {
    keepHours: Type.Integer({
      minimum: 1,
      maximum: 30 * 24,
      default: 24,
      description: 'how long an event waits for a broker that is away',
    }),
    maxEvents: Type.Integer({
      minimum: 100,
      maximum: 1_000_000,
      default: 100_000,
      description: 'how many wait at most; beyond it the oldest are dropped, which is counted and told',
    }),
    maxMegabytes: Type.Integer({
      minimum: 1,
      maximum: 400,
      default: 200,
      description: 'and how much they hold; the database takes 512 MB for everything',
    }),
  },
  group,
);

const Tls = Type.Object(
  {
    caFile: Type.Optional(
      FilePath("authorities that may have signed the broker's certificate; default: the public ones"),
    ),
    certificateFile: Type.Optional(
      FilePath('our own certificate, for a broker that asks for one; read for each connection'),
    ),
    keyFile: Type.Optional(FilePath('the key of that certificate')),
    verify: Flag(true, "check the broker's certificate; false is for tests alone"),
  },
  { ...group, description: 'with a url of mqtts://' },
);

export const MqttSchema = Type.Object(
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
    version: Type.Unsafe<3 | 5>(
      Type.Union([Type.Literal(3), Type.Literal(5)], {
        default: 3,
        description: 'of MQTT, with a url: 3 (3.1.1, which every broker speaks) or 5',
      }),
    ),
    username: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'with a url: the login there, where the url has none' }),
    ),
    passwordFile: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        expected: 'the path of a file',
        description: 'with a url: the file whose first line is the password; read for each connection',
      }),
    ),
    tls: Tls,
    requests: Flag(
      false,
      'with a url: take requests from there (docs/mqtt.md); whoever may publish on those topics places calls, so the broker needs an access list. The embedded broker always takes those of the logins of projects',
    ),
    homeAssistant: Flag(false, 'announce the box to Home Assistant by MQTT discovery'),
    queue: Queue,
  },
  { ...closed, default: { embedded: {} } },
);

export type MqttConfig = Static<typeof MqttSchema>;
