import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { playManner } from '../../../pipelines/protocol/player.ts';
import { toneNames } from '../../announcements/call-tones.ts';
import { CrosspointError } from '../../base/errors.ts';
import { ErrorBody } from '../error-body.ts';
import type { CallPlay } from '../ports.ts';
import { emptyAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const closed = { additionalProperties: false } as const;

const PlayBody = Type.Object(
  {
    file: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 512,
        // Neither "/…" nor ".." as a part of it.
        pattern: '^(?!/)(?!(.*/)?\\.\\.(/|$))[^\\u0000-\\u001f]+$',
        description: 'path below one of announcements.directories',
      }),
    ),
    tone: Type.Optional(Type.Enum([...toneNames])),
    to: Type.Optional(
      Type.Union([Type.Literal('far-end'), Type.Literal('session')], { description: 'who hears it; default far-end' }),
    ),
    ...playManner,
  },
  closed,
);
const StopBody = Type.Object(
  {
    player: Type.Optional(Type.String({ maxLength: 64, description: 'default: all that the call was played' })),
    fadeOutMs: playManner.fadeOutMs,
  },
  closed,
);
const Played = Type.Object({
  player: Type.String(),
  state: Type.Union([Type.Literal('playing'), Type.Literal('waiting')], {
    description: 'waiting: it begins when the far end can hear something',
  }),
});

/** `POST /device/calls/{id}/play`: 200 once it is heard; and `…/stop`: 204. */
export function devicePlayRoutes(calls: CallPlay, operatorToken: string): FastifyPluginAsyncTypebox {
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.post(
      '/device/calls/:id/play',
      {
        schema: {
          tags: ['calls'],
          summary: 'Play a file or a tone to a far end, or to its session',
          params: CallPath,
          body: PlayBody,
          response: { 200: Played, ...failures },
        },
      },
      async request => calls.play(request.params.id, ...announcementOf(request.body)),
    );
    const stopped = emptyAnswer('it has ended');
    const stop = {
      tags: ['calls'],
      summary: 'End what is played',
      params: CallPath,
      body: StopBody,
      response: { 204: stopped, ...failures },
    };
    app.post('/device/calls/:id/stop', { schema: stop }, async (request, reply) => {
      const { player, fadeOutMs } = request.body;
      await calls.stopPlay(request.params.id, player ?? null, fadeOutMs ?? 0);
      return reply.code(204).send();
    });
  };
}

/** @throws CrosspointError http.bad-request */
function announcementOf({ file, tone, to = 'far-end', ...manner }: Static<typeof PlayBody>) {
  if ((file === undefined) === (tone === undefined))
    throw new CrosspointError('http.bad-request', 'The body must name a file or a tone, and not both');
  const what = file === undefined ? { tone: tone ?? 'busy' } : { file };
  return [{ ...manner, what }, to === 'session'] as const;
}
