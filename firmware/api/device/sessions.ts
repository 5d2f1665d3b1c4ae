import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type TSchema, Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { Clients } from '../../sessions/clients.ts';
import { phoneStates, videoTypes } from '../../sessions/notices.ts';
import type { Sessions } from '../../sessions/registry.ts';
import { ErrorBody } from '../error-body.ts';
import { forceDisconnect } from '../force-disconnect.ts';
import type { CallControl } from '../ports.ts';
import { emptyAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

export interface SessionsDeps {
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly calls: Pick<CallControl, 'hangup'>;
  readonly operatorToken: string;
}

const nullable = <T extends TSchema>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });
const Time = Type.Integer({ description: 'milliseconds since 1970' });

const overview = {
  id: Type.String(),
  project: Type.String({ description: '"device" for rooms of the built-in numbers' }),
  room: nullable(Type.String(), 'of a room of the built-in numbers; null of a session that an application created'),
  mediaMode: Type.Enum(['routed', 'relayed']),
  archiveMode: Type.Enum(['manual', 'always']),
  createdAt: Time,
  muted: Type.Boolean({ description: 'whoever begins to publish is muted' }),
};
const Overview = Type.Object({
  ...overview,
  connections: Type.Integer({ description: 'how many are in it' }),
  streams: Type.Integer({ description: 'how many are published' }),
});
const Inside = Type.Object({
  ...overview,
  connections: Type.Array(
    Type.Object({
      id: Type.String(),
      createdAt: Time,
      data: Type.String({ description: 'connection_data of its token' }),
      kind: Type.Enum(['client', 'phone']),
      phone: nullable(Type.Object({ number: Type.String(), state: Type.Enum([...phoneStates]) }), 'null of a client'),
    }),
  ),
  streams: Type.Array(
    Type.Object({
      id: Type.String(),
      connectionId: Type.String(),
      createdAt: Time,
      name: Type.String(),
      videoType: nullable(Type.Enum([...videoTypes]), 'null without video'),
      videoDimensions: nullable(Type.Object({ width: Type.Number(), height: Type.Number() }), 'null: not said'),
      hasAudio: Type.Boolean(),
      hasVideo: Type.Boolean(),
      muted: Type.Boolean({ description: 'by force: nobody hears it' }),
    }),
  ),
});
const List = Type.Object({
  count: Type.Integer({ description: 'of this page' }),
  items: Type.Array(Overview),
  next: nullable(Type.String(), 'cursor of the next page; null: there is none'),
});
const ListQuery = Type.Object({
  project: Type.Optional(Type.String({ maxLength: 64 })),
  occupied: Type.Optional(Type.Boolean({ description: 'true: only those that somebody is in' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'default 100' })),
  cursor: Type.Optional(Type.String({ maxLength: 300, description: '`next` of the page before' })),
});
const SessionPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) });

const tags = ['sessions'];

/** `GET /device/sessions`, `GET` and `DELETE /device/sessions/{id}`: for the operator. */
export function deviceSessionsRoutes(deps: SessionsDeps): FastifyPluginAsyncTypebox {
  const { sessions, operatorToken } = deps;
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/sessions',
      {
        schema: {
          tags,
          summary: 'Sessions, those created last first',
          querystring: ListQuery,
          response: { 200: List, ...failures },
        },
      },
      async ({ query: { project, occupied = false, limit = 100, cursor } }) => {
        const asked = sessions.anybodysBook
          .list()
          .filter(each => (project === undefined || each.project === project) && (!occupied || each.connections > 0));
        // One that is gone meanwhile begins anew: the list is no book.
        const from = cursor === undefined ? 0 : asked.findIndex(({ id }) => id === cursor) + 1;
        const items = asked.slice(from, from + limit);
        const next = from + limit < asked.length ? (items.at(-1)?.id ?? null) : null;
        return { count: items.length, items, next };
      },
    );
    app.get(
      '/device/sessions/:id',
      {
        schema: {
          tags,
          summary: 'One session, with who is in it and what they publish',
          params: SessionPath,
          response: { 200: Inside, ...failures },
        },
      },
      async request => {
        const { overview: about, inside } = sessions.anybodysBook.get(request.params.id);
        return { ...about, connections: [...inside.connections], streams: [...inside.streams] };
      },
    );
    app.delete(
      '/device/sessions/:id',
      {
        schema: {
          tags,
          summary: 'End a session',
          description:
            'Disconnects its clients, ends its calls, and forgets it: nobody can enter it any more. Answered when that is recorded.',
          params: SessionPath,
          response: { 204: emptyAnswer('it has ended'), ...failures },
        },
      },
      async (request, reply) => {
        await endSession(deps, request.params.id);
        return reply.code(204).send();
      },
    );
  };
}

/** @throws CrosspointError session.unknown; session.not-empty when somebody entered meanwhile */
async function endSession({ sessions, clients, calls }: SessionsDeps, id: string): Promise<void> {
  const { session, inside } = sessions.anybodysBook.get(id);
  const project = { id: session.project };
  await Promise.all(
    inside.connections.map(({ id: connection }) =>
      forceDisconnect({ clients, calls }, project, session, connection).catch(ignoreGone),
    ),
  );
  // A room is gone with the last who was in it.
  if (session.room === null) sessions.anybodysBook.remove(id);
}

/** Somebody who has left by himself meanwhile. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof CrosspointError && error.code === 'call.unknown')) throw error;
}
