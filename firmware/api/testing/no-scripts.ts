import { CrosspointError } from '../../base/errors.ts';
import type { ScriptsPort } from '../../scripts/scripts-port.ts';

/** Of a box without calls that scripts lead. */
export const noScripts: ScriptsPort = {
  take: async () => {},
  place: () => Promise.reject(new CrosspointError('call.too-many', 'There are no calls here')),
  get: () => undefined,
  list: () => [],
};
