import path from 'node:path';
import type { RecordingFile } from '../recordings/recording.ts';
import type { Archive } from './archive.ts';

/** What a zip of individual files has in it. */
export interface Contents {
  /** From the names of the recording to those in the zip. */
  readonly entries: readonly { readonly file: string; readonly name: string }[];
  readonly manifest: { readonly name: string; readonly text: string };
}

/** Files named after their streams, and `<archive id>.json` with the vendor's names for what is in them. */
export function contentsOf(archive: Archive, files: readonly RecordingFile[]): Contents {
  const seen = new Map<string, number>();
  const named = files.map(file => {
    const base = file.streamId ?? path.parse(file.name).name;
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    return { file, name: `${base}${times > 1 ? `-${times}` : ''}${path.extname(file.name)}` };
  });
  const { id, name, sessionId, createdAt } = archive;
  const manifest = {
    id,
    name,
    sessionId,
    createdAt,
    files: named.map(({ file, name: filename }) => ({
      streamId: file.streamId,
      connectionId: file.connectionId,
      filename,
      size: file.bytes,
      startTimeOffset: Math.round(file.offsetMs),
      stopTimeOffset: Math.round(file.offsetMs + (file.durationMs ?? 0)),
    })),
  };
  return {
    entries: named.map(each => ({ file: each.file.name, name: each.name })),
    manifest: { name: `${id}.json`, text: `${JSON.stringify(manifest, null, 2)}\n` },
  };
}
