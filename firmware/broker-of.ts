import { readFileSync } from 'node:fs';
import { CrosspointError, messageOf } from './base/errors.ts';
import type { Log } from './base/log.ts';
import { projectLogins } from './config/broker-logins.ts';
import type { Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import type { Secrets } from './config/secrets.ts';
import { brokerTls } from './config/tls-files.ts';
import { Broker } from './monitoring/broker.ts';
import { RemoteBroker } from './monitoring/remote-broker.ts';

export interface BrokerParts {
  readonly stateDir: string;
  readonly secrets: Secrets;
  readonly projects: Projects;
  readonly log: Log;
}

/**
 * The broker as the configuration wants it.
 * @throws CrosspointError config.tls-file, config.password-file, config.state-dir
 */
export function brokerOf(config: Config, { stateDir, secrets, projects, log }: BrokerParts): Broker | RemoteBroker {
  const { embedded, url } = config.mqtt;
  if (url !== undefined) return remoteBroker(url, config.mqtt);
  const { host = '127.0.0.1', port = 1883 } = embedded ?? {};
  const { service, reader } = secrets.broker;
  const logins = projectLogins(stateDir, secrets, projects.keys());
  return new Broker({ host, port, box: config.box, service, reader, projects: logins, log });
}

function remoteBroker(url: string, { version, username, passwordFile, tls }: Config['mqtt']): RemoteBroker {
  const password = passwordFile === undefined ? undefined : () => readPassword(passwordFile);
  // What cannot be used is said at once, not with the first connection.
  password?.();
  brokerTls(tls);
  return new RemoteBroker(url, {
    version,
    ...(username !== undefined && { username }),
    ...(password && { password }),
    ...(url.startsWith('mqtts:') && { tls: () => brokerTls(tls) }),
  });
}

/** The first line of a file. */
function readPassword(file: string): string {
  try {
    const [line = ''] = readFileSync(file, 'utf8').slice(0, 4096).split(/\r?\n/);
    if (line !== '') return line;
  } catch (error) {
    throw new CrosspointError('config.password-file', `${file} cannot be used: ${messageOf(error)}`);
  }
  throw new CrosspointError('config.password-file', `${file} cannot be used: its first line is empty`);
}
