import { Type } from 'typebox';
import { Address, closed, Port, refined } from './schema-parts.ts';

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
  },
  { ...closed, default: { embedded: {} } },
);
