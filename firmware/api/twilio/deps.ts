import type { Log } from '../../base/log.ts';
import type { Projects } from '../../config/projects.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';
import type { Recordings } from '../../sessions/recordings/recordings.ts';
import type { CallDirectory } from '../ports.ts';

export interface TwilioDeps {
  readonly projects: Projects;
  readonly scripts: ScriptsPort;
  readonly directory: CallDirectory;
  readonly records: { delete(id: string): Promise<void> };
  readonly recordings: Pick<Recordings, 'list' | 'get' | 'fileOf' | 'delete'>;
  /** How applications reach the box, without "/" at its end. */
  readonly publicUrl: string;
  /** @throws CrosspointError http.not-ready where no call can be placed */
  refuseUnlessReady(): void;
  readonly log: Log;
}
