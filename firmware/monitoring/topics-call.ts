import { type Static, Type } from 'typebox';
import { muters } from '../calls/events.ts';
import { pressedDigit } from '../calls/pressed-digit.ts';
import { callStates } from '../calls/state.ts';
import { enders } from '../calls/verdict.ts';
import { LegMedia, SideProblem } from '../quality/call-media.ts';
import { closed, header, nullable, Time } from './topics-header.ts';

const Call = Type.Object(
  {
    id: Type.String(),
    session: nullable(Type.String()),
    connection: nullable(Type.String()),
    createdAt: Time('when the call began'),
  },
  closed,
);

const CallCreatedMessage = Type.Object({ ...header, event: Type.Literal('callCreated'), call: Call }, closed);
const CallUpdatedMessage = Type.Object(
  { ...header, event: Type.Literal('callUpdated'), call: Call, state: Type.Enum([...callStates]) },
  closed,
);
const CallDestroyedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callDestroyed'),
    call: Call,
    reason: Type.Object(
      {
        code: Type.String({ description: 'a SIP status, or one of 700, 703–707' }),
        message: Type.String(),
        retriable: Type.Boolean({ description: 'the same call can succeed later without being changed' }),
        endedBy: Type.Enum([...enders], { description: 'network: something between those who talk' }),
        detail: nullable(Type.String({ description: 'for a person: which timer ran out, what never came' })),
      },
      closed,
    ),
  },
  closed,
);
const CallMediaChangedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callMediaChanged'),
    call: Call,
    present: Type.Boolean({ description: 'false: it is over; a problem may be told twice, once its hop is known' }),
    problem: SideProblem,
  },
  closed,
);
const CallMuteChangedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callMuteChanged'),
    call: Call,
    muted: Type.Boolean({ description: 'nobody hears its far end' }),
    by: Type.Enum([...muters], {
      description: 'moderator: the application by force mute; participant: the phone with *6; operator: the device API',
    }),
  },
  closed,
);
const CallDigitMessage = Type.Object(
  { ...header, event: Type.Literal('callDigit'), call: Call, ...pressedDigit },
  closed,
);
const CallPlayEndedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('callPlayEnded'),
    call: Call,
    player: Type.String({ description: 'as the answer to POST /device/calls/{id}/play named it' }),
    reason: Type.Enum(['finished', 'stopped', 'limit', 'failed', 'closed', 'lost'], {
      description: 'limit: its maxMs; closed: what it played into is gone; lost: the media worker went',
    }),
    playedMs: Type.Integer({ minimum: 0 }),
  },
  closed,
);
const ScriptWarnedMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('scriptWarned', {
      description: 'something in a document of its application counts for nothing; the script goes on',
    }),
    call: Call,
    url: nullable(Type.String({ description: 'of the document, without its query; null: it came with a request' })),
    warnings: Type.Array(
      Type.Object(
        {
          code: Type.Enum(['unknown-verb', 'unknown-key', 'bad-value', 'not-supported', 'too-long']),
          place: Type.String({ description: 'in the document' }),
          message: Type.String(),
        },
        closed,
      ),
      { maxItems: 20 },
    ),
  },
  closed,
);
export const CallMessage = Type.Union([
  CallCreatedMessage,
  CallUpdatedMessage,
  CallMediaChangedMessage,
  CallMuteChangedMessage,
  CallDigitMessage,
  CallPlayEndedMessage,
  ScriptWarnedMessage,
  CallDestroyedMessage,
]);
export type CallMessage = Static<typeof CallMessage>;

/**
 * What was measured of an answered call's media in the last five seconds, and since its legs were opened. All calls have
 * the same intervals, so the first one of a call is shorter.
 */
export const MediaMessage = Type.Object({ ...header, call: Call, legs: Type.Array(LegMedia) }, closed);
export type MediaMessage = Static<typeof MediaMessage>;

/** What a call is now; retained from its beginning to its end, and not told of one that is over in a moment. */
export const CallStateMessage = Type.Object(
  {
    ...header,
    call: Call,
    state: Type.Enum([...callStates]),
    since: Time('when it got into that state'),
    parties: nullable(
      Type.Object(
        {
          direction: Type.Enum(['outbound', 'inbound'], { description: 'as seen from the box' }),
          from: Type.String(),
          to: Type.String(),
        },
        { ...closed, description: 'null when nobody knows them any more' },
      ),
    ),
    muted: Type.Boolean({ description: 'nobody hears its far end' }),
  },
  closed,
);
export type CallStateMessage = Static<typeof CallStateMessage>;
