import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Value } from 'typebox/value';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { inconsistencies } from './consistency.ts';
import { CURRENT_VERSION, migrate } from './migrations.ts';
import { type Config, ConfigSchema } from './schema.ts';
import { withTlsPorts } from './tls-port.ts';
import { formatPath, type Mismatch, mismatches } from './validate.ts';
import { parseYaml } from './yaml-source.ts';

/** No configuration of a box comes near this. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads and checks a configuration file.
 *
 * @param file path of a YAML file, or undefined for the defaults
 * @throws ConfigError with everything that is wrong
 */
export function loadConfig(file?: string): Config {
  return file === undefined ? parseConfig('', '(defaults)') : parseConfig(readText(file), file);
}

/**
 * The configuration that a YAML text says, defaults filled in.
 *
 * @param file only named in messages
 * @throws ConfigError
 */
export function parseConfig(text: string, file: string): Config {
  const source = parseYaml(text);
  if (source.problems.length > 0) throw new ConfigError(file, source.problems);
  const placed = ({ path, message }: Mismatch): ConfigProblem => ({
    path: formatPath(path),
    line: source.lineOf(path),
    message,
  });
  const refuse = (found: readonly Mismatch[]) => {
    if (found.length > 0) throw new ConfigError(file, found.map(placed));
  };

  const raw = migrated(source.value ?? {}, refuse);
  refuse(mismatches(ConfigSchema, raw));
  const config = Value.Default(ConfigSchema, withTlsPorts(raw)) as Omit<Config, 'box'> & { box?: string };
  refuse(inconsistencies(config));
  return { ...config, box: config.box ?? boxName(hostname()) };
}

function migrated(raw: unknown, refuse: (found: readonly Mismatch[]) => void): unknown {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return raw;
  const version = (raw as { version?: unknown }).version ?? 1;
  if (!Number.isSafeInteger(version) || (version as number) < 1) return raw;
  if ((version as number) > CURRENT_VERSION)
    refuse([
      {
        path: ['version'],
        message: `this file is of version ${version}; this gateway knows versions up to ${CURRENT_VERSION}`,
      },
    ]);
  return migrate(raw as Record<string, unknown>, version as number);
}

/** A host name as a level of an MQTT topic: what has a meaning there, or is not plain, becomes a hyphen. */
export function boxName(host: string): string {
  const plain = host.replace(/[^0-9A-Za-z_.-]+/g, '-').slice(0, 63);
  return plain === '' ? 'box' : plain;
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new ConfigError(file, [{ path: '', line: null, message: why }]);
  }
  if (bytes.length > MAX_BYTES)
    throw new ConfigError(file, [{ path: '', line: null, message: `it is larger than ${MAX_BYTES} bytes` }]);
  return bytes.toString('utf8');
}
