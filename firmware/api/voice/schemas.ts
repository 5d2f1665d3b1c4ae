import { Type } from 'typebox';
import { optional } from '../opentok/schemas.ts';
import { callStatuses } from './call-status.ts';
import { MAX_TEXT } from './ncco/actions/talk.ts';

const words = <T extends string>(values: readonly T[], description: string) => Type.Enum([...values], { description });

const Urls = (description: string) =>
  Type.Array(Type.String({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?://', maxLength: 2048 }), {
    minItems: 1,
    maxItems: 1,
    description: `${description}: a list of one URL`,
  });
const Method = (usual: string) => words(['GET', 'POST'], `default ${usual}`);
const Ncco = Type.Array(Type.Unknown(), { description: 'an NCCO (docs/ncco.md)' });
/** What is in it is read by its type. */
const Endpoint = Type.Record(Type.String(), Type.Unknown());

export const CallPath = Type.Object({ uuid: Type.String({ minLength: 1, maxLength: 64, description: 'of a call' }) });
export const FilePath = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 64, description: 'of a recording' }),
});

export const CreateBody = Type.Object({
  to: Type.Array(Endpoint, {
    minItems: 1,
    maxItems: 1,
    description:
      'one endpoint: `{type: "phone", number, dtmfAnswer}` or `{type: "sip", uri, headers, standard_headers}`',
  }),
  from: optional(Type.Object({ type: Type.String(), number: Type.String({ description: 'shown to who is called' }) })),
  random_from_number: optional(Type.Boolean({ description: 'the first number of the application is shown' })),
  ncco: optional(Ncco),
  answer_url: optional(Urls('asked for an NCCO when the call is answered')),
  answer_method: optional(Method('GET')),
  event_url: optional(Urls('told what becomes of the call; default: that of the number in `from`, or of the first')),
  event_method: optional(Method('POST')),
  length_timer: optional(Type.Integer({ minimum: 1, maximum: 7200, description: 'longest duration, s; default 7200' })),
  ringing_timer: optional(Type.Integer({ minimum: 1, maximum: 120, description: 'it rings for, s; default 60' })),
  machine_detection: optional(Type.Unknown({ description: 'not supported: 501' })),
  advanced_machine_detection: optional(Type.Unknown({ description: 'not supported: 501' })),
});

export const Created = Type.Object({
  uuid: Type.String(),
  status: Type.Literal('started'),
  direction: Type.Literal('outbound'),
  conversation_uuid: Type.String(),
});

export const ListQuery = Type.Object({
  status: optional(words(callStatuses, 'calls of that status')),
  date_start: optional(Type.String({ maxLength: 64, description: 'begun then or later: ISO 8601' })),
  date_end: optional(Type.String({ maxLength: 64, description: 'begun before: ISO 8601' })),
  page_size: optional(Type.Integer({ minimum: 1, maximum: 100, description: 'default 10' })),
  record_index: optional(
    Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'how many are passed over; default 0' }),
  ),
  order: optional(words(['asc', 'desc'], 'by their beginning; default asc')),
  conversation_uuid: optional(Type.String({ maxLength: 128 })),
});

const Address = Type.Object({
  type: words(['phone', 'sip'], 'which of the two'),
  number: Type.Optional(Type.String()),
  uri: Type.Optional(Type.String()),
});
const Link = Type.Object({ href: Type.String() });

export const CallBody = Type.Object({
  _links: Type.Object({ self: Link }),
  uuid: Type.String(),
  conversation_uuid: Type.String(),
  to: Address,
  from: Address,
  status: Type.String(),
  direction: Type.String(),
  rate: Type.String({ description: '"0.00"' }),
  price: Type.String({ description: '"0.00"' }),
  duration: Type.String({ description: 'seconds since it was answered' }),
  start_time: Type.Optional(Type.String({ description: 'when it was answered; absent: it was not' })),
  end_time: Type.Optional(Type.String({ description: 'absent: it lives' })),
  network: Type.String({ description: 'empty: nobody knows' }),
});

export const CallList = Type.Object({
  count: Type.Integer({ description: 'in all' }),
  page_size: Type.Integer(),
  record_index: Type.Integer(),
  _links: Type.Object({ self: Link, next: Type.Optional(Link) }),
  _embedded: Type.Object({ calls: Type.Array(CallBody) }),
});

export const ModifyBody = Type.Object({
  action: words(['hangup', 'mute', 'unmute', 'earmuff', 'unearmuff', 'transfer'], 'what is done'),
  destination: optional(
    Type.Object({
      type: Type.Literal('ncco'),
      url: optional(Urls('of a transfer: asked for the NCCO that leads the call from now on')),
      ncco: optional(Ncco),
    }),
  ),
});

const Level = Type.Union([Type.Number(), Type.String({ pattern: '^-?[0-9]+(\\.[0-9]+)?$', maxLength: 16 })], {
  description: 'from -1 to 1; default 0',
});
const Loop = Type.Integer({ minimum: 0, maximum: 1000, description: 'how often; 0: until it is stopped; default 1' });

export const TalkBody = Type.Object({
  text: Type.String({ minLength: 1, maxLength: MAX_TEXT }),
  loop: optional(Loop),
  level: optional(Level),
  language: optional(
    Type.String({ pattern: '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}$', description: 'default "en-US"' }),
  ),
  style: optional(Type.Unknown({ description: 'without effect' })),
  premium: optional(Type.Unknown({ description: 'without effect' })),
  voice_name: optional(Type.String({ maxLength: 64 })),
});

export const StreamBody = Type.Object({ stream_url: Urls('WAV or MP3'), loop: optional(Loop), level: optional(Level) });

export const DtmfBody = Type.Object({
  digits: Type.String({ pattern: '^[0-9*#p]{1,64}$', description: 'p is a pause of 500 ms' }),
});

export const KeysBody = Type.Object({ event_url: Urls('told every key that is pressed from now on') });

export const Done = Type.Object({ message: Type.String(), uuid: Type.String() });
