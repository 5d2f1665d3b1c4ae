import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';

/** Of the API, not of the software: strangers may read it. */
const API_VERSION = '1';

/** Tags in the order of the page. */
const tags = [
  { name: 'calls', description: 'Calls, live and past' },
  { name: 'sessions', description: 'Rooms, who is in them, and their recordings' },
  { name: 'trunks', description: 'SIP peers' },
  { name: 'webhooks', description: 'Who is told of events, and what was given up' },
  { name: 'box', description: 'The box itself' },
  { name: 'configuration', description: 'The configuration file' },
];

/** Describes every route below /device that is registered after it, from its schemas (OpenAPI 3.1). */
export function describeDeviceRoutes(app: FastifyInstance): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Crosspoint device API',
        version: API_VERSION,
        description: "The box's own API, for its operator: Authorization: Bearer with the operator token.",
      },
      servers: [{ url: '/' }],
      tags,
      components: {
        securitySchemes: { operator: { type: 'http', scheme: 'bearer', description: 'the operator token' } },
      },
      security: [{ operator: [] }],
    },
    transform: ({ schema, url }) => ({ schema: { ...schema, hide: schema?.hide ?? !url.startsWith('/device/') }, url }),
  });
}
