import type { PlaySource } from '../../pipelines/protocol/player.ts';
import type { ProjectId } from '../base/ids.ts';
import type { WebDocument, WebRequest } from './web.ts';

type FileSource = Extract<PlaySource, { kind: 'file' }>;

/** What is needed of speech: text to a file that a media worker plays. */
export interface Speech {
  /**
   * @param language BCP 47; null: the box's own
   * @param project whose it is; of each in turn one is spoken
   * @throws CrosspointError script.speech-… : no such language, no engine, too long, no words, too many at once
   */
  speak(
    text: string,
    how: { readonly language: string | null; readonly voice: string | null },
    project?: ProjectId,
  ): Promise<FileSource>;
}

/** Sounds of applications, fetched and kept for a while. */
export interface Sounds {
  /**
   * @param signal gives up waiting; others may want the same file
   * @param project whose script wants it
   * @throws CrosspointError script.fetch-…, script.no-sound, script.sound-not-kept; the signal's reason
   */
  fetch(url: string, signal: AbortSignal, project: ProjectId): Promise<FileSource>;
}

export interface Documents {
  /**
   * Fetches once, following redirects where they are allowed.
   * @param project others do not wait for what it fetches; absent: those of the same server wait for each other
   * @throws CrosspointError of `fetchFailures`; the signal's reason
   */
  fetch(request: WebRequest, signal: AbortSignal, project?: ProjectId): Promise<WebDocument>;
}
