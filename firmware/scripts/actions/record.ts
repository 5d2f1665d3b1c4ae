import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { CrosspointError } from '../../base/errors.ts';
import { type Acting, type After, GO_ON } from '../acting.ts';
import type { RecordVoice } from '../action.ts';
import type { Outcome } from '../outcome.ts';
import { beginRecording, endRecording } from '../recorded.ts';
import { pause, within } from '../waiting.ts';

type EndedBy = Extract<Outcome, { kind: 'recorded' }>['endedBy'];

const BEEP = { kind: 'tone', frequencyHz: 1000, levelDbov: -20 } as const;
const BEEP_MS = 300;
/** Speech on a telephone is louder, what is behind it mostly not. */
const SILENT_DBOV = -45;
const LOOK_MS = 250;

/**
 * Records what the caller says, in a room of its own, until a key, silence, time or its end. One that is to go on in the
 * background (`inBackground`) is made so, too: the script waits for it.
 * @throws CrosspointError session.…, media.…; the reason of the signal
 */
export async function recordVoice(run: Acting, action: RecordVoice, signal: AbortSignal): Promise<After> {
  run.answer();
  const by = { guest: run, terms: action.terms, source: 'record' } as const;
  const { recordings } = run.services;
  const session = await run.led.enter({ kind: 'room', project: run.project, name: `record-${randomUUID()}` });
  try {
    if (action.beep) await run.led.play({ source: BEEP, maxMs: BEEP_MS }).then(({ ended }) => ended);
    const id = await beginRecording(recordings, by, {
      project: run.project,
      session,
      mode: 'mixed',
      legs: [run.led.leg.id],
    });
    const { endedBy, key } = await untilOver(run, action, signal);
    const recorded = await endRecording(recordings, by, id);
    if (signal.aborted) throw signal.reason as CrosspointError;
    if (!recorded || !action.next) return GO_ON;
    return await run.continue(action.next, { kind: 'recorded', recorded, endedBy, key }, signal);
  } finally {
    await run.led.leave();
  }
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
