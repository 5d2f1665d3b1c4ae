import type { Params, Result } from '../../pipelines/protocol.ts';
import type { LegId } from '../base/ids.ts';
import type { WorkerChannel } from './channel.ts';

type PagedMethod = 'legs.quality' | 'legs.flow';
type LegOf<M extends PagedMethod> = Result<M>['legs'][number];

/** All pages of all workers; what a worker does not tell is missing. */
export async function everyLeg<M extends PagedMethod>(
  method: M,
  channels: readonly WorkerChannel[],
): Promise<Map<LegId, LegOf<M>>> {
  const legs = await Promise.all(channels.map(channel => pagesOf(method, channel)));
  return new Map(legs.flat().map(leg => [leg.leg as LegId, leg]));
}

async function pagesOf<M extends PagedMethod>(method: M, channel: WorkerChannel): Promise<LegOf<M>[]> {
  const legs: LegOf<M>[] = [];
  let after: string | undefined;
  try {
    for (let more = true; more; ) {
      const page: Result<M> = await channel.request(method, (after === undefined ? {} : { after }) as Params<M>);
      legs.push(...(page.legs as LegOf<M>[]));
      after = page.legs.at(-1)?.leg;
      more = page.more && after !== undefined;
    }
  } catch {
    // A worker that has gone, or hangs, is the slot's to report.
  }
  return legs;
}
