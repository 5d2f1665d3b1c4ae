import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { readPublicKey } from './application-key.ts';
import type { Projects } from './projects.ts';
import { ReplacedFiles } from './replaced-files.ts';

export interface KeyRenewalParts {
  readonly projects: Projects;
  readonly clock: Clock;
  readonly log: Log;
}

/** Applications change their keys: those whose files were replaced count from then on, all or none. */
export class KeyRenewal {
  readonly #files: ReplacedFiles;

  constructor({ projects, clock, log }: KeyRenewalParts) {
    const keys = [...projects.values()].flatMap(project => (project.kind === 'vonage' ? project.publicKey : []));
    this.#files = new ReplacedFiles({
      files: () => keys.map(({ file }) => file),
      take: () => {
        const fresh = keys.map(key => [key, readPublicKey(key.file)] as const);
        for (const [key, read] of fresh) key.replace(read);
      },
      taken: 'public keys of applications were replaced: tokens are checked with them',
      refused: 'public keys of applications were replaced by some that cannot be used: the former ones stay',
      clock,
      log,
    });
  }

  start(): void {
    this.#files.start();
  }

  close(): void {
    this.#files.close();
  }

  check(): void {
    this.#files.check();
  }
}
