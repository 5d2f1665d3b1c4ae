import type { LegStats } from '../../pipelines/protocol/figures.ts';
import { callResult } from '../records/call-result.ts';
import type { Call } from './call.ts';
import type { MeasuredCall } from './measured-call.ts';

/** One line of a call that has ended. @param figures of each side's leg; null where its worker was gone */
export function logEnd(call: Call, measured: MeasuredCall, figures: readonly (LegStats | null)[]): void {
  const { endedBy, code, detail } = measured.verdict;
  call.log.info(
    {
      call: call.ref.id,
      direction: call.direction,
      result: callResult(measured.verdict, measured.seconds !== null),
      by: endedBy,
      reason: code,
      ...(detail !== undefined && { detail }),
      seconds: Math.round(measured.seconds ?? 0),
      // By their ids the lines of its legs are found.
      media: figures.map(
        (stats, side) =>
          stats && {
            leg: call.sides[side]?.leg.id,
            received: stats.received.packets,
            lost: stats.received.lost,
            sent: stats.sent.packets,
          },
      ),
    },
    'call ended',
  );
}
