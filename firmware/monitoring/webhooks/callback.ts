import { type Static, Type } from 'typebox';
import type { DomainEvent } from '../event-recorder.ts';

/** What a project can register for (CONTRACT §1.11), and which events that are. */
const happenings = {
  'connection created': 'connectionCreated',
  'connection destroyed': 'connectionDestroyed',
  'stream created': 'streamCreated',
  'stream destroyed': 'streamDestroyed',
  'archive status': 'archiveStatus',
} as const satisfies Record<string, DomainEvent['type']>;

export const CallbackGroup = Type.Enum(['connection', 'stream', 'archive']);
export const CallbackEvent = Type.Enum(['created', 'destroyed', 'status']);

/** A URL that a project has registered, as it is kept. */
export const Callback = Type.Object(
  {
    id: Type.String(),
    project: Type.String(),
    group: CallbackGroup,
    event: CallbackEvent,
    url: Type.String({ description: 'it may hold a password' }),
    createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
  },
  { additionalProperties: false },
);
export type Callback = Static<typeof Callback>;

/** The event that a callback is for; null of a pair that is none. */
export function happeningOf({ group, event }: Pick<Callback, 'group' | 'event'>): DomainEvent['type'] | null {
  const pair = `${group} ${event}`;
  return pair in happenings ? happenings[pair as keyof typeof happenings] : null;
}

/** The callback's name in the outbox. */
export function callbackTarget({ id }: Pick<Callback, 'id'>): string {
  return `webhook:callback:${id}`;
}
