import type { Clock } from '../../base/clock.ts';
import type { Projects } from '../../config/projects.ts';
import type { Callbacks } from '../../monitoring/webhooks/callbacks.ts';
import type { Archives } from '../../sessions/archives/archives.ts';
import type { Clients } from '../../sessions/clients.ts';
import type { Sessions } from '../../sessions/registry.ts';
import type { DownloadLinks } from '../archives/download-links.ts';
import type { IdempotencyKeys } from '../idempotency.ts';
import type { CallControl, Readiness } from '../ports.ts';

/** What the routes of this dialect are given. */
export interface OpentokDeps {
  readonly projects: Projects;
  readonly sessions: Sessions;
  readonly clients: Clients;
  readonly calls: CallControl;
  readonly archives: Archives;
  /** Signs what leads to their files. */
  readonly links: DownloadLinks;
  readonly callbacks: Callbacks;
  readonly readiness: () => Readiness;
  readonly idempotency: IdempotencyKeys;
  readonly clock: Clock;
}
