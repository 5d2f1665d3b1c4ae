import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CrosspointError, messageOf } from '../base/errors.ts';

const closed = { additionalProperties: false } as const;
const Secret = Type.String({ minLength: 20, maxLength: 256 });
const Login = Type.Object({ username: Type.String({ minLength: 1, maxLength: 64 }), password: Secret }, closed);

const SecretsSchema = Type.Object(
  {
    version: Type.Literal(1),
    /** The first project, used when the configuration names none. */
    project: Type.Object({ apiKey: Type.String({ pattern: '^[0-9]{1,16}$' }), apiSecret: Secret }, closed),
    /** Bearer token of the operator's API. */
    operatorToken: Secret,
    /** Logins of the embedded broker: the service may publish, the reader only subscribe. */
    broker: Type.Object({ service: Login, reader: Login }, closed),
  },
  closed,
);

/** What a box makes for itself at its first start; nothing has a default password. */
export type Secrets = Static<typeof SecretsSchema>;

export const CREDENTIALS_FILE = 'credentials.json';

/**
 * The box's own credentials, made at the first start and the same ever after. They lie in
 * `<stateDir>/credentials.json`, readable by the service's user alone.
 *
 * @throws CrosspointError config.secrets-exposed, config.secrets-unreadable, config.state-dir
 */
export function loadSecrets(stateDir: string): Secrets {
  const file = join(stateDir, CREDENTIALS_FILE);
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CrosspointError('config.state-dir', `stateDir ${stateDir} cannot be made: ${messageOf(error)}`);
  }
  return readSecrets(file) ?? writeSecrets(stateDir, file, newSecrets());
}

function newSecrets(): Secrets {
  const secret = () => randomBytes(20).toString('hex');
  return {
    version: 1,
    project: { apiKey: String(randomInt(10_000_000, 100_000_000)), apiSecret: secret() },
    operatorToken: secret(),
    broker: {
      service: { username: 'crosspoint', password: secret() },
      reader: { username: 'reader', password: secret() },
    },
  };
}

function readSecrets(file: string): Secrets | null {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (!stat) return null;
  if (!stat.isFile()) throw unreadable(file, 'it is not a plain file');
  if ((stat.mode & 0o077) !== 0)
    throw new CrosspointError(
      'config.secrets-exposed',
      `${file} can be read or written by other users (mode ${(stat.mode & 0o777).toString(8)}). Run "chmod 600 ${file}"; if others may have read it, delete it and new credentials are made`,
    );
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser's sentence quotes the text, so it is not passed on.
    throw unreadable(file, error instanceof SyntaxError ? 'it is not JSON' : messageOf(error));
  }
  if (!Value.Check(SecretsSchema, content)) throw unreadable(file, 'it does not hold what this version expects');
  return content;
}

function unreadable(file: string, why: string): CrosspointError {
  return new CrosspointError(
    'config.secrets-unreadable',
    `${file} cannot be used: ${why}. It is never overwritten; delete it and new credentials are made`,
  );
}

/** Written whole or not at all: a crash in the middle leaves no half file under the final name. */
function writeSecrets(stateDir: string, file: string, secrets: Secrets): Secrets {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, `${JSON.stringify(secrets, null, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
    syncFolder(stateDir);
  } catch (error) {
    throw new CrosspointError('config.state-dir', `${file} cannot be written: ${messageOf(error)}`);
  }
  return secrets;
}

/** A rename is only safe against power loss when the folder itself is on the disk. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
