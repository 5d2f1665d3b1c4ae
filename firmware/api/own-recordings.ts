import type { ProjectId } from '../base/ids.ts';
import { isOver } from '../sessions/recordings/recording.ts';
import type { Recordings } from '../sessions/recordings/recordings.ts';
import { idOf } from './twilio/sids.ts';

/** Where the two APIs say that a recording is (voice/recording-url.ts, twilio/recordings.ts). */
const VONAGE = /^\/v[13]\/files\/([^/]+)$/;
const TWILIO = /^\/2010-04-01\/Accounts\/[^/]+(?:\/Calls\/[^/]+)?\/Recordings\/(RE[0-9a-f]{32})(?:\.wav|\.mp3|\.ogg)?$/;

/**
 * The file of a recording that one of these tenants has made, by the URL by which the box itself gives it; null of any other
 * URL. Scripts play what was recorded without the credential that the URL asks for.
 *
 * @param origin by which applications reach the box
 */
export function ownRecordingAt(
  url: URL,
  origin: string,
  tenants: readonly ProjectId[],
  recordings: Pick<Recordings, 'list' | 'fileOf'>,
): string | null {
  if (!`${url.href}/`.startsWith(`${origin}/`)) return null;
  const path = url.pathname.slice(new URL(origin).pathname.replace(/\/$/, '').length);
  const id = VONAGE.exec(path)?.[1] ?? idOf('RE', TWILIO.exec(path)?.[1] ?? '');
  const record = recordings.list().find(each => each.id === id && tenants.some(tenant => tenant === each.project));
  const [file] = record?.files ?? [];
  return record && file && isOver(record) ? recordings.fileOf(record.id, file.name) : null;
}
