import type { LiveChange } from './rows.ts';

/** What a change carries beside its event; it waits in memory with it. */
export function changeBytes(change: LiveChange | null): number {
  switch (change?.kind) {
    case 'begin':
      return change.call.facts?.length ?? 0;
    case 'move':
      return change.facts?.length ?? 0;
    case 'end':
      return change.record?.record.length ?? 0;
    default:
      return 0;
  }
}
