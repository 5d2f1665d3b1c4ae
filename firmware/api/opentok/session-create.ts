import { isIPv4 } from 'node:net';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { refuseUnlessReady } from '../readiness.ts';
import { acceptsJson } from './accepts-json.ts';
import { projectOf } from './auth.ts';
import type { OpentokDeps } from './deps.ts';
import { CreatedSessions, failures, SessionForm } from './schemas.ts';
import { sessionsAsXml, XML_TYPE } from './session-xml.ts';

/** `POST /session/create` (CONTRACT §1.2). */
export function sessionCreateRoute(deps: OpentokDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.post(
      '/session/create',
      {
        schema: { body: SessionForm, response: { 200: CreatedSessions, ...failures } },
        onRequest: refuseUnlessReady(deps.readiness, ['store']),
        // No body at all is the same as one without fields.
        preValidation: async request => {
          request.body ??= {};
        },
      },
      async (request, reply) => {
        const { archiveMode, location, 'p2p.preference': preference } = request.body;
        const session = await deps.sessions.create(projectOf(request).id, {
          mediaMode: preference === 'disabled' ? 'routed' : 'relayed',
          archiveMode: archiveMode ?? 'manual',
          // An SDK sends the text "null" where there is none.
          location: location && isIPv4(location) ? location : '',
        });
        const created: Static<typeof CreatedSessions> = [
          {
            session_id: session.id,
            project_id: session.project,
            partner_id: session.project,
            create_dt: unixDate(session.createdAt),
            session_status: null,
            media_server_url: '',
          },
        ];
        if (acceptsJson(request.headers.accept)) return created;
        return reply.type(XML_TYPE).send(sessionsAsXml(created) as never);
      },
    );
  };
}

/** As date(1) writes it: `Fri Nov 18 15:50:36 UTC 2016`. */
export function unixDate(time: number): string {
  const [weekday, day, month, year, clock] = new Date(time).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${clock} UTC ${year}`;
}
