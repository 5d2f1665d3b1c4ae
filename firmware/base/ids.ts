import { randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A tenant: an OpenTok API key, a Vonage application id, a Twilio account; `device` for the box itself. */
export type ProjectId = Branded<'ProjectId'>;
export type SessionId = Branded<'SessionId'>;
export type ConnectionId = Branded<'ConnectionId'>;
export type StreamId = Branded<'StreamId'>;
export type CallId = Branded<'CallId'>;
export type LegId = Branded<'LegId'>;
export type EventId = Branded<'EventId'>;

/** A fresh random id (UUID version 4) of the kind that the caller asks for. */
export function newId<Id extends ConnectionId | StreamId | CallId | LegId | EventId>(): Id {
  return randomUUID() as Id;
}
