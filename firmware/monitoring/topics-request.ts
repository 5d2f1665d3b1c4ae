import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { callStates } from '../calls/state.ts';
import { closed, header, nullable, Time } from './topics-header.ts';

/* What an application asks for on …/request/<verb>, and what it is answered on …/response/<verb>. */

const Id = Type.String({ minLength: 1, maxLength: 256 });
const optional = <T extends TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]));

const asked = {
  transaction: Type.String({
    pattern: '^[\\x21-\\x7e]{1,128}$',
    description: "of the application's making, 1 to 128 printable characters: the same one again is the same request",
  }),
};
const ofCall = { ...asked, call: Type.String({ minLength: 1, maxLength: 64, description: 'the id of a live call' }) };

const DialRequest = Type.Object(
  {
    ...asked,
    session: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'that the phone joins; absent: a new one' }),
    ),
    data: Type.Optional(Type.String({ maxLength: 1000, description: "the connection's data, as a token carries it" })),
    publishes: Type.Optional(Type.Boolean({ description: 'default true; false: it only hears' })),
    sip: Type.Object(
      {
        uri: Type.String({ minLength: 1, maxLength: 1024 }),
        from: optional(Type.String({ maxLength: 256 })),
        headers: optional(Type.Record(Type.String(), Type.String())),
        auth: optional(
          Type.Object(
            {
              username: Type.String({ minLength: 1, maxLength: 255 }),
              password: Type.String({ maxLength: 255 }),
            },
            closed,
          ),
        ),
        secure: optional(Type.Boolean()),
        observeForceMute: optional(Type.Boolean()),
        streams: optional(Type.Array(Type.String({ maxLength: 256 }), { maxItems: 64 })),
      },
      { ...closed, description: 'as in the body of POST /v2/project/{key}/dial' },
    ),
  },
  closed,
);

const CallBrief = Type.Object(
  {
    call: Type.String(),
    session: nullable(Type.String()),
    connection: nullable(Type.String()),
    direction: Type.Enum(['outbound', 'inbound']),
    from: Type.String(),
    to: Type.String(),
    state: Type.Enum([...callStates]),
    createdAt: Time('when the call began'),
    muted: Type.Boolean(),
  },
  closed,
);

/** What each verb asks for. */
export const requests = {
  dial: DialRequest,
  hangup: Type.Object(ofCall, closed),
  dtmf: Type.Object(
    { ...ofCall, digits: Type.String({ pattern: '^[0-9*#p]{1,64}$', description: 'p is a pause of 500 ms' }) },
    closed,
  ),
  mute: Type.Object({ ...ofCall, on: Type.Boolean() }, closed),
  hold: Type.Object({ ...ofCall, on: Type.Boolean() }, closed),
  status: Type.Object(
    { ...asked, call: Type.Optional(Type.String({ maxLength: 64, description: 'absent: the live calls' })) },
    closed,
  ),
} as const;
export type Verb = keyof typeof requests;
export type RequestOf<V extends Verb> = Static<(typeof requests)[V]>;
export const verbs = Object.keys(requests) as Verb[];

/** What each verb is answered where it succeeds. */
const results = {
  dial: Type.Object({ call: Id, session: Id, connection: Id, stream: Id }, closed),
  hangup: Type.Object({}, closed),
  dtmf: Type.Object({}, closed),
  mute: Type.Object({}, closed),
  hold: Type.Object({}, closed),
  status: Type.Object(
    {
      count: Type.Integer({ description: 'of all live calls of the project, which may be more than are listed' }),
      calls: Type.Array(CallBrief, { maxItems: 100 }),
    },
    closed,
  ),
} as const satisfies Record<Verb, TObject>;
export type ResultOf<V extends Verb> = Static<(typeof results)[V]>;

const answered = {
  ...header,
  transaction: nullable(Type.String({ description: 'null where the request had none that could be read' })),
};
const Refused = Type.Object(
  {
    ...answered,
    ok: Type.Literal(false),
    error: Type.Object(
      {
        code: Type.String({ description: 'the stable code for programs, as over HTTP: layer.what' }),
        status: Type.Integer({ description: 'what HTTP would have answered' }),
        message: Type.String({ description: 'a sentence for people' }),
        retriable: Type.Boolean({ description: 'whether the same request can succeed later' }),
      },
      closed,
    ),
  },
  closed,
);
export type Refused = Static<typeof Refused>;

const responseOf = (result: TObject): TSchema =>
  Type.Union([Type.Object({ ...answered, ok: Type.Literal(true), result }, closed), Refused]);

/** The messages on …/response/<verb>. */
export const responses: Readonly<Record<Verb, TSchema>> = {
  dial: responseOf(results.dial),
  hangup: responseOf(results.hangup),
  dtmf: responseOf(results.dtmf),
  mute: responseOf(results.mute),
  hold: responseOf(results.hold),
  status: responseOf(results.status),
};
