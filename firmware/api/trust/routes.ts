import { X509Certificate } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { fingerprintOf } from '../../https/fingerprint.ts';
import type { HttpsIdentity } from '../../https/identity.ts';
import { STYLE_HASH, trustPage } from './page.ts';

/** The page has neither scripts nor pictures; its style is named by its hash. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** `GET /trust` and the certificate of the box's authority, for everybody: they tell no secret. */
export function trustRoutes(https: HttpsIdentity | null): FastifyPluginAsync {
  return async app => {
    if (!https || https.authority === null) return;
    const authority = () => https.authority as string;
    const open = { config: { plainHttp: true } };
    app.addHook('onSend', async (_request, reply) => {
      // There is another one after some years.
      reply.header('cache-control', 'no-cache');
    });
    app.get('/trust', open, async (request, reply) => {
      const { subject } = new X509Certificate(authority());
      reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8');
      return reply.send(
        trustPage({
          name: subject.replace(/^CN=/, ''),
          fingerprint: fingerprintOf(authority()),
          origin: originOf(request.headers.host),
        }),
      );
    });
    app.get('/trust/ca.crt', open, async (_request, reply) =>
      reply.type('application/x-x509-ca-cert').send(new X509Certificate(authority()).raw),
    );
    app.get('/trust/ca.pem', open, async (_request, reply) =>
      reply
        .type('application/x-pem-file')
        .header('content-disposition', 'attachment; filename="crosspoint-ca.pem"')
        .send(authority()),
    );
  };
}

/** Where the reader has come to; what is no host of a URL gives an example. */
function originOf(host = ''): string {
  return /^[0-9A-Za-z.:[\]-]{1,300}$/.test(host) ? `https://${host}` : 'https://box.local:8080';
}
