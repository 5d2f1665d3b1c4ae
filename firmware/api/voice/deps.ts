import type { Clock } from '../../base/clock.ts';
import type { Projects } from '../../config/projects.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import type { Recordings } from '../../sessions/recordings/recordings.ts';
import type { CallDirectory, CallRecordReader, Readiness } from '../ports.ts';

/** What the routes of the Voice API are given. */
export interface VoiceDeps {
  readonly projects: Projects;
  readonly scripts: ScriptsPort;
  /** For calls that are over. */
  readonly directory: Pick<CallDirectory, 'get'>;
  readonly records: CallRecordReader;
  readonly recordings: Pick<Recordings, 'get' | 'fileOf'>;
  readonly readiness: () => Readiness;
  /** Where applications reach the box, without a path: for links in webhooks. */
  readonly origin: string;
  readonly clock: Clock;
}
