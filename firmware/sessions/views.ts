import type { StreamRef } from './events.ts';
import type { ConnectionView, Notice, StreamView } from './notices.ts';
import type { LiveConnection, LiveSession, LiveStream } from './session.ts';

export function connectionView({ ref, phone }: LiveConnection): ConnectionView {
  return {
    ...ref,
    kind: phone ? 'phone' : 'client',
    phone: phone && { number: phone.number, state: phone.state },
  };
}

export function streamView(stream: LiveStream): StreamView {
  const { id, connectionId, createdAt, name, videoType, videoDimensions, hasAudio, hasVideo, muted } = stream;
  return { id, connectionId, createdAt, name, videoType, videoDimensions, hasAudio, hasVideo, muted };
}

/** The same for who watches from outside. */
export function streamRef({ id, createdAt, name, videoType }: LiveStream): StreamRef {
  return { id, createdAt, name, ...(videoType !== null && { videoType }) };
}

export function streamsOf({ connections }: LiveSession): LiveStream[] {
  return [...connections.values()].flatMap(({ streams }) => [...streams.values()]);
}

/** Tells everybody in a session. */
export function tellAll({ connections }: LiveSession, notice: Notice): void {
  for (const { listener } of connections.values()) listener?.(notice);
}
