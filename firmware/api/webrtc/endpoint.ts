import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { OpenedPeer, PeerRequest, Peers } from '../../webrtc/peers.ts';
import type { Described } from '../../webrtc/publication.ts';
import { answerTo } from '../error-body.ts';
import { refuseUnlessReady } from '../readiness.ts';
import { Refusals } from '../refusals.ts';
import { answerOptions } from './cors.ts';
import type { WebrtcDeps } from './deps.ts';
import { bodyOf, checkAccepts, SDP } from './media-types.ts';
import { limitOffers } from './offer-rate.ts';
import { credentialsOf } from './request-credentials.ts';
import { failures, SessionPath, WhepQuery, WhipQuery } from './schemas.ts';

type ActiveDeps = WebrtcDeps & { readonly peers: Peers };

const METHODS = 'POST, OPTIONS';

/** Where streams are published (RFC 9725 §4.2) and subscribed to (draft-ietf-wish-whep): an offer in, an answer out. */
export function endpointRoutes({ peers, readiness, clock, log }: ActiveDeps): FastifyPluginAsyncTypebox {
  return async app => {
    const refusals = new Refusals(clock, log, 'WebRTC offers were refused');
    app.addHook('onError', async (_request, _reply, error) => refusals.count(answerTo(error).body.error));
    app.addHook('onClose', async () => refusals.close());
    const onRequest = [refuseUnlessReady(readiness, ['worker', 'store']), limitOffers(clock)];
    app.post(
      '/v2/session/:sessionId/whip',
      { onRequest, schema: { params: SessionPath, querystring: WhipQuery, response: failures } },
      async (request, reply) => {
        return created(request, reply, await peers.publish(peerRequest(request), describedBy(request.query)));
      },
    );
    app.post(
      '/v2/session/:sessionId/whep',
      { onRequest, schema: { params: SessionPath, querystring: WhepQuery, response: failures } },
      async (request, reply) =>
        created(request, reply, await peers.subscribe(peerRequest(request), request.query.stream ?? null)),
    );
    for (const url of ['/v2/session/:sessionId/whip', '/v2/session/:sessionId/whep']) {
      app.options(url, async (_request, reply) => answerOptions(reply.header('accept-post', SDP), METHODS));
      app.route({ method: ['GET', 'PUT', 'PATCH', 'DELETE'], url, handler: refuseMethod(METHODS) });
    }
  };
}

/** RFC 9725 §4.2 keeps the other methods for what may come. */
export function refuseMethod(allowed: string) {
  return async ({ method }: FastifyRequest, reply: FastifyReply) => {
    reply.header('allow', allowed);
    throw new CrosspointError('http.method', `${method} is not for this resource; there are ${allowed}`);
  };
}

function describedBy({ name = '', videoType = 'camera', ...query }: Static<typeof WhipQuery>): Described {
  const [width = 0, height = 0] = (query.videoDimensions ?? '').split('x').map(Number);
  return {
    name,
    videoType,
    videoDimensions: width > 0 ? { width, height } : null,
    hasAudio: query.hasAudio !== 'false',
    hasVideo: query.hasVideo !== 'false',
  };
}

function peerRequest(request: FastifyRequest): PeerRequest {
  const { sessionId } = request.params as { sessionId: string };
  checkAccepts(request);
  return { session: sessionId, credentials: credentialsOf(request.headers), offer: bodyOf(request, SDP) };
}

function created(request: FastifyRequest, reply: FastifyReply, { peer, answer, stream }: OpenedPeer): FastifyReply {
  const [path] = request.url.split('?');
  if (stream !== null) reply.header('crosspoint-stream', stream);
  return reply
    .code(201)
    .header('location', `${path}/${peer.id}`)
    .header('etag', peer.entityTag)
    .header('crosspoint-connection', peer.client.connection)
    .type(SDP)
    .send(answer);
}
