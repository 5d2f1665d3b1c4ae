import type { Clock } from '../../base/clock.ts';
import type { CrosspointError } from '../../base/errors.ts';
import { type Acting, type After, GO_ON } from '../acting.ts';
import type { RecordVoice } from '../action.ts';
import type { Outcome } from '../outcome.ts';
import { beginRecording, callOf, endRecording, type RecordedBy } from '../recorded.ts';
import { pause, within } from '../waiting.ts';

type EndedBy = Extract<Outcome, { kind: 'recorded' }>['endedBy'];

const BEEP = { kind: 'tone', frequencyHz: 1000, levelDbov: -20 } as const;
const BEEP_MS = 300;
/** Speech on a telephone is louder, what is behind it mostly not. */
const SILENT_DBOV = -45;
const LOOK_MS = 250;

/**
 * Records the call until a key, silence, time or its end; in the background until its end alone, while the script goes on.
 * @throws CrosspointError session.…, media.…; the reason of the signal
 */
export async function recordVoice(run: Acting, action: RecordVoice, signal: AbortSignal): Promise<After> {
  run.answer();
  if (action.beep) await run.led.play({ source: BEEP, maxMs: BEEP_MS }).then(({ ended }) => ended);
  if (action.inBackground) {
    await recordCall(run, { terms: action.terms, source: 'record' });
    return GO_ON;
  }
  const by = { guest: run, terms: action.terms, source: 'record' } as const;
  const { recordings } = run.services;
  const id = await beginRecording(recordings, by, callOf(run, action.terms));
  const { endedBy, key } = await untilOver(run, action, signal);
  const recorded = await endRecording(recordings, by, id);
  if (signal.aborted) throw signal.reason as CrosspointError;
  if (!recorded || !action.next) return GO_ON;
  return run.continue(action.next, { kind: 'recorded', recorded, endedBy, key }, signal);
}

/** From now on until the call ends, whatever its script does. Resolves when it has begun. @throws CrosspointError media.… */
export async function recordCall(run: Acting, how: Pick<RecordedBy, 'terms' | 'source'>): Promise<void> {
  const by = { guest: run, ...how };
  const { recordings } = run.services;
  const id = await beginRecording(recordings, by, callOf(run, how.terms));
  const end = () => void endRecording(recordings, by, id);
  if (run.life.aborted) end();
  else run.life.addEventListener('abort', end, { once: true });
}

async function untilOver(
  run: Acting,
  { maxMs, silenceMs, finishKeys }: RecordVoice,
  signal: AbortSignal,
): Promise<{ readonly endedBy: EndedBy; readonly key: string | null }> {
  const over = within(signal);
  let key: string | null = null;
  const deaf = run.keys.listen(pressed => {
    if (!finishKeys.includes(pressed)) return;
    key = pressed;
    over.abort();
  });
  const { clock } = run.call;
  const silence = silenceMs === null ? null : untilSilent(run, silenceMs, clock, over.signal);
  try {
    const endedBy = await Promise.race([
      pause(clock, maxMs, over.signal).then((): EndedBy => 'limit'),
      ...(silence ? [silence.then((): EndedBy => 'silence')] : []),
    ]);
    if (key !== null) return { endedBy: 'key', key };
    return { endedBy: signal.aborted ? 'hang-up' : endedBy, key: null };
  } finally {
    deaf();
    over.abort();
    over.close();
  }
}

/** Resolves when nothing loud has come for so long; never where the signal ends it before. */
async function untilSilent(run: Acting, silenceMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let loudAt = clock.monotonic();
  while (!signal.aborted) {
    await pause(clock, LOOK_MS, signal);
    const stats = await run.led.leg.stats().catch(() => null);
    const level = stats?.received.levelDbov ?? null;
    if (level !== null && level > SILENT_DBOV) loudAt = clock.monotonic();
    else if (clock.monotonic() - loudAt >= silenceMs) return;
  }
  await new Promise(() => {});
}
