import { randomUUID } from 'node:crypto';
import { CrosspointError } from '../../base/errors.ts';
import type { Place } from '../../calls/led/led-call.ts';
import { type Acting, type After, type Child, GO_ON } from '../acting.ts';
import type { Connect } from '../action.ts';
import type { Outcome, Recorded } from '../outcome.ts';
import { beginRecording, callOf, endRecording } from '../recorded.ts';
import { scriptLimits } from '../script-limits.ts';
import { pause, within } from '../waiting.ts';

type Connected = Extract<Outcome, { kind: 'connected' }>;

/**
 * Calls the targets at once, joins the caller with the one that is ready first, and stays until one of the two goes.
 * @throws CrosspointError when no target could even be called; the reason of the signal
 */
export async function connect(run: Acting, action: Connect, signal: AbortSignal): Promise<After> {
  if (run.depth >= scriptLimits.depth)
    throw new CrosspointError('script.too-deep', `Calls connect calls at most ${scriptLimits.depth} deep`);
  const stay = within(signal);
  const silent = run.keys.listen(key => {
    if (action.endsOnStar && key === '*') stay.abort();
  });
  try {
    const outcome = await attempt(run, action, stay.signal);
    if (signal.aborted) throw signal.reason;
    return action.next ? await run.continue(action.next, outcome, signal) : GO_ON;
  } finally {
    silent();
    stay.close();
  }
}

async function attempt(run: Acting, action: Connect, signal: AbortSignal): Promise<Connected> {
  const ringback = within(signal);
  const children: Child[] = [];
  try {
    if (!action.answersWithTarget) run.answer();
    children.push(...(await callAll(run, action)));
    if (action.ringback && run.led.answered) void run.play([action.ringback], ringback.signal);
    const winner = await firstReady(children, signal);
    for (const child of children) if (child !== winner) void child.run.led.hangUp('application');
    ringback.abort();
    if (!winner) return notConnected(children.at(-1) ?? null, signal);
    run.answer();
    return await joined(run, winner, action, signal);
  } finally {
    ringback.abort();
    ringback.close();
    for (const { run: other } of children) if (!other.led.ended) void other.led.hangUp('application');
  }
}

/** @throws CrosspointError of the last target, where none could be called */
async function callAll(run: Acting, { targets, from, ringMs, limitMs }: Connect): Promise<Child[]> {
  const tried = await Promise.allSettled(
    targets.slice(0, scriptLimits.targets).map(target => run.placeChild(target, { from, ringMs, limitMs })),
  );
  const placed = tried.flatMap(result => (result.status === 'fulfilled' ? result.value : []));
  const failed = tried.findLast(result => result.status === 'rejected');
  if (placed.length === 0) throw failed?.reason ?? new CrosspointError('script.no-target', 'There is nobody to call');
  if (failed) run.actionFailed(failed.reason);
  return placed;
}

/** null: all have gone, or nobody waits any more. */
async function firstReady(children: readonly Child[], signal: AbortSignal): Promise<Child | null> {
  const allGone = Promise.all(children.map(({ gone }) => gone)).then(() => null);
  const nobodyWaits = new Promise<null>(resolve => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  return Promise.race([...children.map(child => child.ready.then(() => child)), allGone, nobodyWaits]);
}

/** Both are in a room that is theirs alone. */
async function joined(run: Acting, child: Child, action: Connect, signal: AbortSignal): Promise<Connected> {
  const other = child.run;
  const place: Place = { kind: 'room', project: run.project, name: `connect-${randomUUID()}` };
  const { clock } = run.call;
  const startedAt = clock.monotonic();
  const over = within(signal);
  // Keys are heard by the other one, as they would be on one line.
  const passed = [
    run.keys.listen(key => {
      if (action.endsOnStar && key === '*') over.abort();
      else passKey(other, key);
    }),
    other.keys.listen(key => passKey(run, key)),
  ];
  const { recordings } = run.services;
  const by = action.record && ({ guest: run, terms: action.record, source: 'connect' } as const);
  let recording: string | null = null;
  let recorded: Recorded | null = null;
  try {
    await run.led.enter(place);
    await other.led.enter(place);
    if (by) {
      recording = await beginRecording(recordings, by, callOf(run, by.terms)).catch(error => {
        run.actionFailed(error);
        return null;
      });
    }
    await Promise.race([child.gone, pause(clock, action.limitMs, over.signal)]);
  } finally {
    for (const stop of passed) stop();
    over.abort();
    over.close();
    await run.led.leave();
    if (by && recording !== null) recorded = await endRecording(recordings, by, recording);
  }
  const { notes, headers } = other.call;
  return {
    kind: 'connected',
    child: other.id,
    result: 'completed',
    seconds: (clock.monotonic() - startedAt) / 1000,
    sipCallId: notes.sipCallIds.at(-1) ?? null,
    status: 200,
    headers,
    recorded,
  };
}

function passKey(to: Acting, key: string): void {
  to.led.sendDigits(key).catch(error => to.actionFailed(error));
}

function notConnected(last: Child | null, signal: AbortSignal): Connected {
  const status = last?.run.call.endStatus ?? null;
  return {
    kind: 'connected',
    child: last?.run.id ?? null,
    result: signal.aborted ? 'canceled' : resultOf(status),
    seconds: null,
    sipCallId: last?.run.call.notes.sipCallIds.at(-1) ?? null,
    status,
    headers: [],
    recorded: null,
  };
}

/** CONTRACT §4.5. */
function resultOf(status: number | null): Connected['result'] {
  if (status === 486 || status === 600) return 'busy';
  if (status === 408 || status === 480 || status === 487) return 'no-answer';
  return 'failed';
}
