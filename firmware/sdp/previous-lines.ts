import type { MediaDescription, SessionDescription } from './session-description.ts';

/** The lines of a description that follows another one of ours: as many, in the same order (RFC 3264 §8). */

/** The audio line that is in use; null before the first one, and while it is switched off. */
export function audioBefore(previous: SessionDescription | null): MediaDescription | null {
  return previous?.media.find(({ kind, port }) => kind === 'audio' && port !== 0) ?? null;
}

/** Puts our audio line where it was; every other line stays refused in its place. */
export function inPlace(line: MediaDescription, previous: SessionDescription | null): MediaDescription[] {
  if (!previous) return [line];
  const { media } = previous;
  const used = media.findIndex(({ kind, port }) => kind === 'audio' && port !== 0);
  const at = used < 0 ? media.findIndex(({ kind }) => kind === 'audio') : used;
  if (at < 0) return [...media.map(refusedLine), line];
  return media.map((each, index) => (index === at ? line : refusedLine(each)));
}

export function refusedLine(media: MediaDescription): MediaDescription {
  // The grammar wants a format; some peers offer a switched-off line without any.
  return { ...media, port: 0, formats: media.formats.length > 0 ? media.formats : ['0'] };
}
