import type { Log } from '../../base/log.ts';
import type { Projects } from '../../config/projects.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import type { Recordings } from '../../sessions/recordings/recordings.ts';
import type { CallDirectory, Readiness } from '../ports.ts';

export interface TwilioDeps {
  readonly projects: Projects;
  readonly scripts: ScriptsPort;
  readonly directory: CallDirectory;
  readonly records: { delete(id: string): Promise<void> };
  readonly recordings: Pick<Recordings, 'list' | 'get' | 'fileOf' | 'delete'>;
  /** How applications reach the box, without "/" at its end. */
  readonly origin: string;
  readonly readiness: () => Readiness;
  readonly log: Log;
}
