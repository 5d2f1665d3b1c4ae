import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { ScriptSource } from '../../scripts/leader.ts';
import { emptyAnswer } from '../device/answers.ts';
import { applicationOf } from './auth.ts';
import { type VoiceCall, voiceCall } from './calls.ts';
import { checkedUrl } from './create-call.ts';
import type { VoiceDeps } from './deps.ts';
import { failures } from './problem.ts';
import { CallPath, ModifyBody } from './schemas.ts';

type Destination = Static<typeof ModifyBody>['destination'];

/** `PUT /v1/calls/{uuid}` (CONTRACT §3.1). */
export function modifyCallRoute({ scripts }: VoiceDeps): FastifyPluginAsyncTypebox {
  return async app => {
    app.put(
      '/v1/calls/:uuid',
      { schema: { params: CallPath, body: ModifyBody, response: { 204: emptyAnswer('it is done'), ...failures } } },
      async (request, reply) => {
        const found = voiceCall(scripts, applicationOf(request), request.params.uuid);
        const { action, destination } = request.body;
        await modify(found, action, destination);
        return reply.code(204).send();
      },
    );
  };
}

async function modify(found: VoiceCall, action: Static<typeof ModifyBody>['action'], destination: Destination) {
  const { call } = found;
  switch (action) {
    case 'hangup':
      return call.hangUp();
    case 'mute':
    case 'unmute':
      return call.mute(action === 'mute');
    case 'earmuff':
    case 'unearmuff':
      return call.deafen(action === 'earmuff');
    case 'transfer':
      return call.redirect(sourceOf(found, destination));
    default:
      return action satisfies never;
  }
}

function sourceOf({ leader }: VoiceCall, destination: Destination): ScriptSource {
  if (destination?.ncco) return { kind: 'script', script: leader.compile(destination.ncco) };
  const [url] = destination?.url ?? [];
  if (url === undefined)
    throw new CrosspointError('http.bad-request', 'destination must have an ncco, or the url of one');
  const target = { url: checkedUrl(url, 'destination.url'), method: 'GET' } as const;
  return { kind: 'fetch', target, fallback: leader.fallback };
}
