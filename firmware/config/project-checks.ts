import { DEVICE_PROJECT } from './projects.ts';
import type { Config } from './schema.ts';
import type { Mismatch } from './validate.ts';

type Entry = NonNullable<Config['projects']>[number];

/** What the box knows a tenant by. */
export function idOfProject({ opentok, vonage }: Pick<Entry, 'opentok' | 'vonage'>): string {
  return opentok?.apiKey ?? vonage?.applicationId ?? '';
}

/** Tenants of two kinds or of none, and ids that are taken. */
export function projectProblems({ projects = [] }: Pick<Config, 'projects'>): Mismatch[] {
  const seen = new Set<string>();
  return projects.flatMap((project, index): Mismatch[] => {
    const { opentok, vonage } = project;
    if ((opentok === undefined) === (vonage === undefined)) {
      const got = opentok === undefined ? 'neither' : 'both';
      return [{ path: ['projects', index], message: `expected opentok or vonage, got ${got}` }];
    }
    const id = idOfProject(project);
    const path = ['projects', index, ...(opentok ? ['opentok', 'apiKey'] : ['vonage', 'applicationId'])];
    const found: Mismatch[] = [];
    if (seen.has(id)) found.push({ path, message: `"${id}" is the key of another project above` });
    seen.add(id);
    if (id === DEVICE_PROJECT) found.push({ path, message: `"${DEVICE_PROJECT}" is kept for the box itself` });
    return found;
  });
}
