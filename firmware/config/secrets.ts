import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { CrosspointError, messageOf } from '../base/errors.ts';
import { readPrivateFile, unreadable, writePrivateFile } from './private-file.ts';

const closed = { additionalProperties: false } as const;
const Secret = Type.String({ minLength: 20, maxLength: 256 });
const Login = Type.Object({ username: Type.String({ minLength: 1, maxLength: 80 }), password: Secret }, closed);

const SecretsSchema = Type.Object(
  {
    version: Type.Literal(1),
    /** The first project, used when the configuration names none. */
    project: Type.Object({ apiKey: Type.String({ pattern: '^[0-9]{1,16}$' }), apiSecret: Secret }, closed),
    /** Bearer token of the operator's API. */
    operatorToken: Secret,
    /** Logins of the embedded broker: the service may publish, the reader only subscribe; those of projects: broker-logins.ts. */
    broker: Type.Object(
      { service: Login, reader: Login, projects: Type.Optional(Type.Record(Type.String(), Login)) },
      closed,
    ),
  },
  closed,
);

/** What a box makes for itself at its first start; nothing has a default password. */
export type Secrets = Static<typeof SecretsSchema>;

export const CREDENTIALS_FILE = 'credentials.json';
const REMEDY = 'delete it and new credentials are made';

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
  const known = readSecrets(file);
  if (known) return known;
  const secrets = newSecrets();
  writeSecrets(file, secrets);
  return secrets;
}

export function writeSecrets(file: string, secrets: Secrets): void {
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
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
  const text = readPrivateFile(file, REMEDY);
  if (text === null) return null;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    // The parser's sentence quotes the text, so it is not passed on.
    throw unreadable(file, 'it is not JSON', REMEDY);
  }
  if (!Value.Check(SecretsSchema, content))
    throw unreadable(file, 'it does not hold what this version expects', REMEDY);
  return content;
}
