import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { CrosspointError } from '../../base/errors.ts';
import { applicationOf } from './auth.ts';
import { voiceCall } from './calls.ts';
import { checkedUrl } from './create-call.ts';
import type { VoiceDeps } from './deps.ts';
import { failures } from './problem.ts';
import { CallPath, Done, DtmfBody, KeysBody, StreamBody, TalkBody } from './schemas.ts';
import { levelDb, sayOf } from './speech.ts';

/** `/v1/calls/{uuid}/talk`, `/stream`, `/dtmf` and `/input/dtmf` (CONTRACT §3.1). */
export function playCallRoutes({ scripts }: VoiceDeps): FastifyPluginAsyncTypebox {
  const response = { 200: Done, ...failures };
  const params = CallPath;
  return async app => {
    app.put('/v1/calls/:uuid/talk', { schema: { params, body: TalkBody, response } }, async request => {
      const { uuid } = request.params;
      const { call } = voiceCall(scripts, applicationOf(request), uuid);
      const { text, loop, level, language, voice_name } = request.body;
      await call.playBeside(
        sayOf({
          text,
          loop: loop ?? 1,
          level: levelIn(level),
          language: language?.replaceAll('_', '-') ?? null,
          voice: voice_name ?? null,
        }),
      );
      return { message: 'Talk started', uuid };
    });
    app.put('/v1/calls/:uuid/stream', { schema: { params, body: StreamBody, response } }, async request => {
      const { uuid } = request.params;
      const { call } = voiceCall(scripts, applicationOf(request), uuid);
      const { stream_url, loop, level } = request.body;
      const url = checkedUrl(stream_url[0] ?? '', 'stream_url');
      await call.playBeside({ kind: 'play', what: { url }, loops: loop ?? 1, levelDb: levelDb(levelIn(level)) });
      return { message: 'Stream started', uuid };
    });
    for (const [path, message] of [
      ['talk', 'Talk stopped'],
      ['stream', 'Stream stopped'],
    ] as const)
      app.delete(`/v1/calls/:uuid/${path}`, { schema: { params, response } }, async request => {
        const { uuid } = request.params as { uuid: string };
        await voiceCall(scripts, applicationOf(request), uuid).call.hush();
        return { message, uuid };
      });
    app.put('/v1/calls/:uuid/dtmf', { schema: { params, body: DtmfBody, response } }, async request => {
      const { uuid } = request.params;
      await voiceCall(scripts, applicationOf(request), uuid).call.sendDigits(request.body.digits);
      return { message: 'DTMF sent', uuid };
    });
    app.put('/v1/calls/:uuid/input/dtmf', { schema: { params, body: KeysBody, response } }, async request => {
      const { uuid } = request.params;
      const { leader } = voiceCall(scripts, applicationOf(request), uuid);
      leader.keysTo = { url: checkedUrl(request.body.event_url[0] ?? '', 'event_url'), method: 'POST' };
      return { message: 'DTMF subscribed', uuid };
    });
    app.delete('/v1/calls/:uuid/input/dtmf', { schema: { params, response } }, async request => {
      const { uuid } = request.params;
      voiceCall(scripts, applicationOf(request), uuid).leader.keysTo = null;
      return { message: 'DTMF unsubscribed', uuid };
    });
  };
}

/** The SDK writes it as a text. */
function levelIn(level: number | string | null | undefined): number {
  const given = Number(level ?? 0);
  if (given >= -1 && given <= 1) return given;
  throw new CrosspointError('http.bad-request', 'level must be a number from -1 to 1');
}
