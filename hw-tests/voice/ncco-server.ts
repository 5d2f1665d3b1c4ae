import { ApplicationServer, type Told } from '../rig/application-server.ts';
import { until } from '../rig/until.ts';

/** An application of the Voice API. */
export class NccoServer extends ApplicationServer {
  /** What was told there of a call, in order. */
  of(uuid: string, path = '/events'): Told['fields'][] {
    return this.at(path).flatMap(({ fields }) => (fields.uuid === uuid ? [fields] : []));
  }

  statuses(uuid: string): string[] {
    return this.of(uuid).flatMap(({ status }) => (typeof status === 'string' ? status : []));
  }

  async ended(uuid: string): Promise<Told['fields']> {
    return until('the end to be told', () => this.of(uuid).find(({ status }) => status === 'completed'), {
      limitMs: 15_000,
      state: () => this.told,
    });
  }
}
