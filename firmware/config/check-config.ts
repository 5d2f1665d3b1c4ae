/** `check-config FILE`: says whether a configuration file can be used. Exit code 0, 1 for a bad file, 2 for no file named. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isCrosspointError } from '../base/errors.ts';
import { loadConfig } from './load.ts';
import { idsOfProject } from './project-checks.ts';
import type { Config } from './schema.ts';

/** @returns the exit code */
export function checkConfig(file: string | undefined, print: (line: string) => void): number {
  if (file === undefined) {
    print('usage: check-config FILE');
    return 2;
  }
  try {
    print(summary(file, loadConfig(file)));
    return 0;
  } catch (error) {
    if (!isCrosspointError(error)) throw error;
    print(error.message);
    return 1;
  }
}

function summary(file: string, config: Config): string {
  const listeners = config.sip.listeners.map(({ transport, host, port }) => `${transport} ${host} port ${port}`);
  const { embedded } = config.mqtt;
  return [
    `${file}: ok`,
    `  http      ${config.http.host} port ${config.http.port}`,
    `  sip       ${listeners.join(', ')}`,
    `  media     ${config.media.host} ports ${config.media.ports.join('–')}, ${config.media.workers} worker(s)`,
    `  mqtt      ${embedded ? `embedded, ${embedded.host} port ${embedded.port}` : 'an external broker'}`,
    ...(config.trunks.length > 0 ? [`  trunks    ${config.trunks.map(trunkLine).join(', ')}`] : []),
    ...(config.numbers.length > 0 ? [`  numbers   ${config.numbers.length}`] : []),
    `  stateDir  ${config.stateDir}`,
    `  projects  ${config.projects?.flatMap(idsOfProject).join(', ') ?? 'one, generated at the first start'}`,
  ].join('\n');
}

function trunkLine({ name, targets }: Config['trunks'][number]): string {
  return `${name} (${targets.length} target${targets.length === 1 ? '' : 's'})`;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = checkConfig(process.argv[2], line => process.stdout.write(`${line}\n`));
}
