import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { Candidate, ConfigFile } from '../../config/config-file.ts';
import { ErrorBody } from '../error-body.ts';
import { requireOperator } from './operator-auth.ts';

/** No configuration of a box comes near this. */
const BODY_LIMIT = 2 * 1024 * 1024;

const Body = Type.Object(
  {
    yaml: Type.Optional(Type.String({ maxLength: 1024 * 1024, description: 'the text of the file' })),
    config: Type.Optional(
      Type.Object({}, { additionalProperties: true, description: 'or its value, as GET /device/config has it' }),
    ),
  },
  {
    additionalProperties: false,
    description: 'one of the two; a mask (********) stands for the secret that is there now',
  },
);
const Shown = Type.Object({
  file: Type.Union([Type.String(), Type.Null()], { description: 'null: the service was started without one' }),
  config: Type.Object(
    {},
    { additionalProperties: true, description: 'what the service runs with; secrets are masked' },
  ),
  needsRestart: Type.Array(Type.String(), {
    description: 'keys of the file that the service will have after a restart',
  }),
});
const Checked = Type.Object({
  valid: Type.Boolean(),
  problems: Type.Array(
    Type.Object({
      path: Type.String({ description: 'as in sip.listeners[0].port; empty for the file as a whole' }),
      line: Type.Union([Type.Integer(), Type.Null()], { description: 'of the text' }),
      message: Type.String({ description: 'what was expected and what was found' }),
    }),
  ),
});
const Written = Type.Object({
  applied: Type.Array(Type.String(), { description: 'keys that have their new values now' }),
  needsRestart: Type.Array(Type.String(), { description: 'keys that get them at the next start' }),
  backup: Type.String({ description: 'where the file as it was before lies' }),
});

const tags = ['configuration'];

/** `GET` and `PUT /device/config`, `POST /device/config/validate`: for the operator. */
export function deviceConfigRoutes(config: ConfigFile, operatorToken: string): FastifyPluginAsyncTypebox {
  const failures = { '4xx': ErrorBody, '5xx': ErrorBody };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/config',
      { schema: { tags, summary: 'The configuration, without its secrets', response: { 200: Shown, ...failures } } },
      async () => {
        const { config: shown, needsRestart, ...rest } = config.read();
        return { ...rest, config: shown as Record<string, unknown>, needsRestart: [...needsRestart] };
      },
    );
    app.post(
      '/device/config/validate',
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          tags,
          summary: 'Whether a configuration could be used',
          description: 'Answers everything that is wrong with it, as a start of the service would; nothing is changed.',
          body: Body,
          response: { 200: Checked, ...failures },
        },
      },
      async request => {
        const problems = config.check(candidateOf(request.body)).map(problem => ({ ...problem }));
        return { valid: problems.length === 0, problems };
      },
    );
    app.put(
      '/device/config',
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          tags,
          summary: 'Change the configuration',
          description:
            'Writes the file, whole or not at all, keeps the one before beside it, and applies what can be applied while the service runs: logLevel, numbers, builtinNumbers.allowFrom, records.keepDays.',
          body: Body,
          response: { 200: Written, ...failures },
        },
      },
      async request => {
        const { applied, needsRestart, backup } = config.write(candidateOf(request.body));
        return { applied: [...applied], needsRestart: [...needsRestart], backup };
      },
    );
  };
}

/** @throws CrosspointError http.bad-request */
function candidateOf({ yaml, config }: Static<typeof Body>): Candidate {
  if (yaml !== undefined && config === undefined) return { yaml };
  if (config !== undefined && yaml === undefined) return { config: { ...config } };
  throw new CrosspointError('http.bad-request', 'The body must have yaml or config, and not both');
}
