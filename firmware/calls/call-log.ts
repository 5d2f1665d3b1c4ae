import type { LegStats } from '../../pipelines/protocol/figures.ts';
import type { Call } from './call.ts';
import type { Verdict } from './verdict.ts';

/** One line of a call that has ended. @param figures of each side's leg; null where its worker was gone */
export function logEnd(call: Call, { endedBy, code, detail }: Verdict, figures: readonly (LegStats | null)[]): void {
  const { activeAt } = call.stages;
  call.log.info(
    {
      call: call.ref.id,
      direction: call.direction,
      by: endedBy,
      reason: code,
      ...(detail !== undefined && { detail }),
      seconds: activeAt === null ? 0 : Math.round((call.clock.now() - activeAt) / 1000),
      media: figures.map(
        stats => stats && { received: stats.received.packets, lost: stats.received.lost, sent: stats.sent.packets },
      ),
    },
    'call ended',
  );
}
