import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CREDENTIALS_FILE, type Secrets, writeSecrets } from './secrets.ts';

export type BrokerLogins = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/**
 * The logins of the projects at the embedded broker, by project. Those that have none yet get one, and it is kept beside
 * the other credentials; one of a project that is configured no more stays there, and does not count.
 */
export function projectLogins(stateDir: string, secrets: Secrets, projects: Iterable<string>): BrokerLogins {
  const wanted = [...projects];
  const known: BrokerLogins = secrets.broker.projects ?? {};
  const fresh = wanted.filter(project => !Object.hasOwn(known, project));
  const all: BrokerLogins = {
    ...known,
    ...Object.fromEntries(
      fresh.map(project => [project, { username: `project-${project}`, password: randomBytes(20).toString('hex') }]),
    ),
  };
  if (fresh.length > 0)
    writeSecrets(join(stateDir, CREDENTIALS_FILE), { ...secrets, broker: { ...secrets.broker, projects: all } });
  return Object.fromEntries(Object.entries(all).filter(([project]) => wanted.includes(project)));
}
