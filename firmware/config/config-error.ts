import { CrosspointError } from '../base/errors.ts';

/** One thing that is wrong in a configuration file. */
export interface ConfigProblem {
  /** As in `sip.listeners[0].port`; empty for the file as a whole. */
  readonly path: string;
  /** Counted from 1; null when the problem has no place in the file. */
  readonly line: number | null;
  /** Says what was expected and what was found, never the value of a secret. */
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it at once. */
export class ConfigError extends CrosspointError {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    super('config.invalid', problems.map(problem => describe(file, problem)).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

function describe(file: string, { path, line, message }: ConfigProblem): string {
  return `${file}${line === null ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${message}`;
}
