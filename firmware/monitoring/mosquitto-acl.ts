/**
 * The access list of mosquitto that keeps projects apart (mosquitto.conf(5), acl_file):
 *
 *     mosquitto-acl --config FILE
 *
 * It names the users: the service's as the configuration has it, `reader` for the operator, `project-<key>` for each project.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isCrosspointError } from '../base/errors.ts';
import { loadConfig } from '../config/load.ts';
import { projectsOf } from '../config/projects.ts';
import type { Config } from '../config/schema.ts';
import { loadSecrets } from '../config/secrets.ts';
import { requestTopic } from './topic-names.ts';

export interface AclFacts {
  readonly box: string;
  /** User of the service. */
  readonly service: string;
  readonly projects: readonly string[];
  readonly homeAssistant: boolean;
}

/** What broker-access.ts says to the embedded broker, for mosquitto. */
export function mosquittoAcl({ box, service, projects, homeAssistant }: AclFacts): string {
  const all = `crosspoint/${box}/#`;
  return [
    `# Access list of the Crosspoint box ${box}, generated: whom mosquitto lets hear and say what.`,
    '',
    '# The service itself',
    `user ${service}`,
    `topic readwrite ${all}`,
    ...(homeAssistant ? ['topic write homeassistant/#'] : []),
    '',
    '# The operator: everything but what applications ask for, which may hold passwords of far ends',
    'user reader',
    `topic deny ${requestTopic(box, '+', '+')}`,
    `topic read ${all}`,
    ...(homeAssistant ? ['topic read homeassistant/#'] : []),
    ...projects.flatMap(project => [
      '',
      `user project-${project}`,
      `topic write ${requestTopic(box, project, '+')}`,
      `topic read crosspoint/${box}/project/${project}/#`,
    ]),
    '',
  ].join('\n');
}

/** User of the service at the broker of the configuration; `crosspoint` where it names none. */
function serviceUser({ url, username }: Config['mqtt']): string {
  const inUrl = url === undefined ? '' : decodeURIComponent(new URL(url).username);
  return username ?? (inUrl === '' ? 'crosspoint' : inUrl);
}

function main(): number {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  try {
    const config = loadConfig(values.config);
    const projects = projectsOf(config, loadSecrets(path.resolve(config.stateDir)));
    const { homeAssistant } = config.mqtt;
    const facts = { box: config.box, service: serviceUser(config.mqtt), projects: [...projects.keys()], homeAssistant };
    process.stdout.write(mosquittoAcl(facts));
    return 0;
  } catch (error) {
    if (!isCrosspointError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main();
