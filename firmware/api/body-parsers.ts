import type { FastifyInstance } from 'fastify';
import { CrosspointError } from '../base/errors.ts';

/** No request of any dialect has more. */
const MAX_FIELDS = 100;

/**
 * JSON and forms are read, everything else is 415. An empty body counts as an object without keys, whatever it
 * calls itself: some SDKs announce JSON and send nothing (CONTRACT §0).
 */
export function addBodyParsers(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, {});
    else {
      parseJson(request, String(body), (error, value) =>
        error ? done(new CrosspointError('http.bad-request', 'The body is not valid JSON')) : done(null, value),
      );
    }
  });
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, parseForm(String(body))),
  );
}

/** The fields of a form; of one that stands more than once the last counts. */
export function parseForm(body: string): Record<string, string> {
  const fields = [...new URLSearchParams(body)];
  if (fields.length > MAX_FIELDS)
    throw new CrosspointError('http.bad-request', `The form has more than ${MAX_FIELDS} fields`);
  return Object.fromEntries(fields);
}
