import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Clock } from '../../base/clock.ts';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId, SessionId } from '../../base/ids.ts';
import { MAX_DIGITS, MIN_DIGITS, type Pin } from '../../scripts/pin/pin.ts';
import type { PinBook } from '../../scripts/pin/pin-book.ts';
import { ErrorBody } from '../error-body.ts';
import { emptyAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

export interface PinsDeps {
  readonly pins: Pick<PinBook, 'issue' | 'list' | 'end'>;
  readonly operatorToken: string;
  readonly clock: Clock;
}

const USUAL_DIGITS = 6;

const Wish = Type.Object(
  {
    project: Type.String({ minLength: 1, maxLength: 64, description: 'apiKey or applicationId of the session' }),
    sessionId: Type.String({ minLength: 1, maxLength: 256, description: 'where callers are put who enter it' }),
    pin: Type.Optional(
      Type.String({
        pattern: `^[0-9]{${MIN_DIGITS},${MAX_DIGITS}}$`,
        description: `${MIN_DIGITS} to ${MAX_DIGITS} digits; absent: random ones`,
      }),
    ),
    digits: Type.Optional(
      Type.Integer({
        minimum: MIN_DIGITS,
        maximum: MAX_DIGITS,
        description: `how many a random one has; default ${USUAL_DIGITS}`,
      }),
    ),
    expiresInSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 366 * 86_400, description: 'absent: it does not end by itself' }),
    ),
    maxUses: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'callers that it lets in; absent: all' }),
    ),
  },
  { additionalProperties: false },
);

const View = Type.Object({
  id: Type.String(),
  pin: Type.String({ description: 'what callers enter' }),
  project: Type.String(),
  sessionId: Type.String(),
  createdAt: Type.Integer({ description: 'milliseconds since 1970' }),
  expiresAt: Type.Union([Type.Integer(), Type.Null()], { description: 'null: it does not end by itself' }),
  maxUses: Type.Union([Type.Integer(), Type.Null()], { description: 'null: it is not counted' }),
  uses: Type.Integer({ description: 'callers that it has let in' }),
});
const List = Type.Object({ count: Type.Integer(), items: Type.Array(View) });

const tags = ['sessions'];
const failures = { '4xx': ErrorBody, '5xx': ErrorBody };

/** `/device/pins`: PINs with which callers of a number with `to: { pins: true }` come into a session. */
export function devicePinsRoutes({ pins, operatorToken, clock }: PinsDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/pins',
      { schema: { tags, summary: 'PINs that callers can enter', response: { 200: List, ...failures } } },
      async () => {
        const items = pins.list().map(view);
        return { count: items.length, items };
      },
    );
    app.post(
      '/device/pins',
      {
        schema: {
          tags,
          summary: 'Issue a PIN for a session',
          description:
            'Who calls a number whose route is `to: { pins: true }` and enters it is put into the session. It ends with the session.',
          body: Wish,
          response: { 201: View, ...failures },
        },
      },
      async ({ body }, reply) => {
        const { project, sessionId, pin, digits = USUAL_DIGITS, expiresInSeconds, maxUses } = body;
        const issued = await pins.issue({
          project: project as ProjectId,
          session: sessionId as SessionId,
          ...(pin !== undefined && { pin }),
          digits,
          expiresAt: expiresInSeconds === undefined ? null : clock.now() + expiresInSeconds * 1000,
          maxUses: maxUses ?? null,
        });
        reply.code(201);
        return view(issued);
      },
    );
    app.delete(
      '/device/pins/:id',
      {
        schema: {
          tags,
          summary: 'End a PIN; whoever is in the session stays',
          params: Type.Object({ id: Type.String({ maxLength: 64, description: 'its id, not the PIN itself' }) }),
          response: { 204: emptyAnswer('it is ended'), ...failures },
        },
      },
      async ({ params: { id } }, reply) => {
        if (/^[0-9]{4,12}$/.test(id))
          throw new CrosspointError('script.pin-unknown', 'A PIN is ended by its id, which the list has');
        await pins.end(id);
        return reply.code(204).send();
      },
    );
  };
}

function view({ session, ...pin }: Pin) {
  return { ...pin, sessionId: session };
}
