import { type Static, Type } from 'typebox';
import { Choice, closed } from './schema-parts.ts';
import { Target, TrunkName } from './target-schema.ts';

const Destination = Type.Object(
  {
    room: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_.-]{1,64}$',
        expected: 'a name of 1 to 64 letters, digits, "_", "." or "-"',
        description: 'a room of the box: everybody who calls it hears everybody else',
      }),
    ),
    session: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'a session, by its id' })),
    builtin: Type.Optional(Choice(['tone', 'echo'], { description: 'what the box plays itself' })),
    pins: Type.Optional(
      Type.Literal(true, {
        expected: 'true',
        description: 'the caller is asked for a PIN, which leads to its session (POST /device/pins)',
      }),
    ),
    forward: Type.Optional(
      Type.Array(Target('a SIP address or "trunk:name", or "trunk:name/number" to call another number there'), {
        minItems: 1,
        maxItems: 16,
        description: 'targets tried in order; the next one after a time-out, a transport failure or 5xx',
      }),
    ),
    reject: Type.Optional(
      Type.Integer({ minimum: 400, maximum: 699, description: 'the SIP status that the caller gets' }),
    ),
  },
  { ...closed, description: 'where the call goes: one of these' },
);

const NumberRoute = Type.Object(
  {
    number: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z+*#_.-]{1,64}$',
        expected: 'a number such as "+442071234567" or an extension, in quotes',
        description: 'this called number, in E.164 form; or an extension as it is dialled',
      }),
    ),
    prefix: Type.Optional(
      Type.String({
        pattern: '^(\\+[0-9]{0,15}|[0-9*#]{1,15})$',
        expected: 'the start of a number such as "+4420", in quotes',
        description: 'every number that starts so; the longest prefix wins',
      }),
    ),
    pattern: Type.Optional(Choice(['any'], { description: 'every number for which nothing better is here' })),
    trunk: Type.Optional(TrunkName('only calls that come from this trunk; goes before an equal route for all')),
    project: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z-]{1,64}$',
        expected: 'the apiKey or applicationId of a project, in quotes',
        description: 'whose call it is, for events and policy; default: the box itself',
      }),
    ),
    to: Destination,
  },
  closed,
);

export const NumbersSchema = Type.Array(NumberRoute, {
  maxItems: 10_000,
  default: [],
  description: 'where calls from trunks go, by called number; a number that is not here is answered 404',
});

export type NumberRoute = Static<typeof NumberRoute>;
export type Destination = Static<typeof Destination>;
