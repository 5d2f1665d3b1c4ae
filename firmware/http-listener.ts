import type { buildApi } from './api/api.ts';
import { CrosspointError, messageOf } from './base/errors.ts';
import type { Config } from './config/schema.ts';
import type { Running } from './lifecycle.ts';

/** The HTTP interface, listening from its start on. Its start rejects with CrosspointError http.listen-failed. */
export function httpListener(api: ReturnType<typeof buildApi>, { host, port }: Config['http']): Running {
  return {
    async start() {
      await api.listen({ host, port }).catch(error => {
        throw new CrosspointError(
          'http.listen-failed',
          `HTTP cannot listen on ${host} port ${port}: ${messageOf(error)}`,
        );
      });
    },
    close: () => api.close(),
  };
}
