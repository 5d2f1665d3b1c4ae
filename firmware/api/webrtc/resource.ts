import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { CrosspointError } from '../../base/errors.ts';
import { readIceFragment } from '../../webrtc/ice-fragment.ts';
import type { Peer } from '../../webrtc/peer.ts';
import type { PeerRole } from '../../webrtc/peer-offer.ts';
import type { Peers } from '../../webrtc/peers.ts';
import { answerOptions } from './cors.ts';
import { refuseMethod } from './endpoint.ts';
import { bodyOf, ICE_FRAGMENT, MERGE_PATCH, mergePatchOf } from './media-types.ts';
import { credentialsOf } from './request-credentials.ts';
import { ResourcePath, SubscriptionPatch } from './schemas.ts';

const METHODS = 'PATCH, DELETE, OPTIONS';

/** A publication or subscription that lives: its ICE (RFC 9725 §4.3) and its end. */
export function resourceRoutes(peers: Peers, kind: 'whip' | 'whep'): FastifyPluginAsyncTypebox {
  const role: PeerRole = kind === 'whip' ? 'publisher' : 'subscriber';
  const url = `/v2/session/:sessionId/${kind}/:resourceId`;
  const schema = { params: ResourcePath };
  return async app => {
    app.patch(url, { schema }, async (request, reply) => {
      const { sessionId, resourceId } = request.params;
      const credentials = credentialsOf(request.headers);
      const peer = peers.get(sessionId, role, resourceId, credentials);
      const patch = kind === 'whep' ? mergePatchOf(request) : undefined;
      if (patch !== undefined) {
        await peers.wish(sessionId, resourceId, credentials, wishesOf(patch));
        return reply.code(204).send();
      }
      const theirs = readIceFragment(bodyOf(request, ICE_FRAGMENT));
      const restart = peer.isRestart(theirs);
      checkCondition(peer, request.headers['if-match'], restart);
      // Candidates of the client are of no use to us: its checks tell where it is (RFC 8445 §7.3.1.3).
      if (!restart) return reply.code(204).send();
      const fragment = await peer.restart(theirs);
      return reply.code(200).header('etag', peer.entityTag).type(ICE_FRAGMENT).send(fragment);
    });
    app.delete(url, { schema }, async (request, reply) => {
      const { sessionId, resourceId } = request.params;
      await peers.get(sessionId, role, resourceId, credentialsOf(request.headers)).close('clientDisconnected');
      return reply.code(200).send();
    });
    const accepted = kind === 'whep' ? `${ICE_FRAGMENT}, ${MERGE_PATCH}` : ICE_FRAGMENT;
    app.options(url, async (_request, reply) => answerOptions(reply.header('accept-patch', accepted), METHODS));
    app.route({ method: ['GET', 'PUT', 'POST'], url, handler: refuseMethod(METHODS) });
  };
}

/** @throws CrosspointError http.bad-request */
function wishesOf(patch: unknown): Static<typeof SubscriptionPatch> {
  if (Value.Check(SubscriptionPatch, patch)) return patch;
  throw new CrosspointError(
    'http.bad-request',
    'The patch of a subscription is {"video": true | false, "preferredResolution": {"width", "height"} | null}, or one of the two',
  );
}

/**
 * Candidates are for the ICE session of their entity tag; a restart is for whichever there is (RFC 9725 §4.3.1).
 * @throws CrosspointError http.precondition-required, http.precondition-failed
 */
function checkCondition(peer: Peer, condition: string | undefined, restart: boolean): void {
  if (condition === undefined)
    throw new CrosspointError('http.precondition-required', 'The request needs If-Match with the ETag of the resource');
  const tags = condition.split(',').map(tag => tag.trim());
  if (tags.includes(peer.entityTag) || (restart && tags.includes('*'))) return;
  throw new CrosspointError('http.precondition-failed', 'ICE has been restarted since: the ETag is another');
}
