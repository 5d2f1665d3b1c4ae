/**
 * Tries a trunk of the configuration: `trunk-test NAME [--config FILE] [--number N]`. A box may run beside it.
 * Exit code 0: all is well; 1: something is not; 2: it cannot be tried.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '../../base/clock.ts';
import { isCrosspointError, messageOf } from '../../base/errors.ts';
import { loadConfig } from '../../config/load.ts';
import { testTrunk } from './trunk-test.ts';

const USAGE = 'usage: trunk-test NAME [--config FILE] [--number N]';
const NUMBER = /^[0-9A-Za-z+*#_.-]{1,64}$/;
const LISTEN_MS = 5_000;

interface Wanted {
  readonly name: string | undefined;
  readonly config: string | undefined;
  readonly number: string | undefined;
}

/** @returns the exit code */
export async function main(
  args: readonly string[],
  print: (text: string) => void,
  listenMs = LISTEN_MS,
): Promise<0 | 1 | 2> {
  try {
    const { name, config: file, number } = read(args);
    if (name === undefined || (number !== undefined && !NUMBER.test(number))) {
      print(USAGE);
      return 2;
    }
    const config = loadConfig(file);
    const trunk = config.trunks.find(each => each.name === name);
    if (!trunk) {
      const names = config.trunks.map(each => each.name).join(', ') || 'none';
      print(`there is no trunk "${name.slice(0, 64)}" in ${file ?? 'the defaults'}; there are: ${names}`);
      return 2;
    }
    const well = await testTrunk({ config, trunk, number: number ?? null, clock: systemClock, listenMs, print });
    print(well ? '\nall is well' : '\nnot all is well: see the lines that begin with → for what to change');
    return well ? 0 : 1;
  } catch (error) {
    if (!isCrosspointError(error)) throw error;
    print(messageOf(error));
    return 2;
  }
}

function read(args: readonly string[]): Wanted {
  try {
    const options = { config: { type: 'string' }, number: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [name, ...others] = positionals;
    return { name: others.length > 0 ? undefined : name, config: values.config, number: values.number };
  } catch {
    // An option that there is not.
    return { name: undefined, config: undefined, number: undefined };
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2), text => process.stdout.write(`${text}\n`));
}
