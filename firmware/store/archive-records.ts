import { Compile } from 'typebox/compile';
import type { Log } from '../base/log.ts';
import { Archive } from '../sessions/archives/archive.ts';
import type { ArchiveStore } from '../sessions/archives/ports.ts';
import type { StoredDocuments } from './store.ts';
import { typedDocuments } from './typed-documents.ts';

const isArchive = Compile(Archive);

/** Archives, as the store keeps them. */
export function archiveRecords(documents: StoredDocuments, log: Log): ArchiveStore {
  return typedDocuments<Archive>(documents, value => isArchive.Check(value), log);
}
