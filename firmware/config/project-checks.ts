import { DEVICE_PROJECT } from './projects.ts';
import type { Config } from './schema.ts';
import type { Mismatch } from './validate.ts';

type Entry = NonNullable<Config['projects']>[number];

/** What the box knows a tenant by: an id of each kind that it has. */
export function idsOfProject({ opentok, vonage, twilio }: Pick<Entry, 'opentok' | 'vonage' | 'twilio'>): string[] {
  return [opentok?.apiKey, vonage?.applicationId, twilio?.accountSid].flatMap(id => id ?? []);
}

/** Tenants of no kind, ids and accounts that are taken, halves of an account. */
export function projectProblems({ projects = [] }: Pick<Config, 'projects'>): Mismatch[] {
  const ids = new Set<string>();
  const accounts = new Set<string>();
  return projects.flatMap((project, index): Mismatch[] => {
    const { opentok, vonage, twilio } = project;
    const path = ['projects', index];
    if (!opentok && !vonage && !twilio) return [{ path, message: 'expected opentok, vonage or twilio, got none' }];
    const found = [
      ...taken(ids, opentok?.apiKey, [...path, 'opentok', 'apiKey']),
      ...taken(ids, vonage?.applicationId, [...path, 'vonage', 'applicationId']),
      ...taken(ids, twilio?.accountSid, [...path, 'twilio', 'accountSid']),
      ...taken(accounts, vonage?.apiKey, [...path, 'vonage', 'apiKey']),
    ];
    if (vonage && (vonage.apiKey === undefined) !== (vonage.apiSecret === undefined))
      found.push({ path: [...path, 'vonage'], message: 'expected both apiKey and apiSecret, or neither' });
    return found;
  });
}

function taken(seen: Set<string>, id: string | undefined, path: Mismatch['path']): Mismatch[] {
  if (id === undefined) return [];
  if (id === DEVICE_PROJECT) return [{ path, message: `"${DEVICE_PROJECT}" is kept for the box itself` }];
  const isTaken = seen.has(id);
  seen.add(id);
  return isTaken ? [{ path, message: `"${id}" is the key of another project above` }] : [];
}
