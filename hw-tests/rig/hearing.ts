import * as assert from 'uvu/assert';
import type { Heard } from './tones.ts';

/** A tone that somebody says at -16 dBov is heard when it comes at this level or louder. */
const HEARD_DBOV = -20;
/** What is below is not there: the noise of G.711 lies at about -55 dBov. */
const ABSENT_DBOV = -45;
/** All that is heard besides the tones: noise, clicks, gaps. */
const REST_DBOV = -38;

/**
 * Fails unless each of `frequencies` is heard, all of the time, and neither `own` nor anything else.
 * @param atLeastDbov for a far end that says its tone softer
 */
export function hearsExactly(
  heard: Heard,
  frequencies: readonly number[],
  own: number,
  atLeastDbov = HEARD_DBOV,
): void {
  for (const frequency of frequencies) hears(heard, frequency, atLeastDbov);
  hearsNothingOf(heard, own);
  const rest = heard.besides(frequencies);
  assert.ok(rest <= REST_DBOV, `besides ${frequencies} Hz there is something else, at ${rest.toFixed(1)} dBov`);
}

/** Whatever else there is. */
export function hears(heard: Heard, frequency: number, atLeastDbov = HEARD_DBOV): void {
  const level = heard.atLeast(frequency);
  assert.ok(level >= atLeastDbov, `${frequency} Hz should be heard, but is at ${level.toFixed(1)} dBov`);
}

export function hearsNothingOf(heard: Heard, frequency: number): void {
  const level = heard.atMost(frequency);
  assert.ok(level <= ABSENT_DBOV, `${frequency} Hz should not be heard, but is at ${level.toFixed(1)} dBov`);
}

export function hearsSilence(heard: Heard): void {
  const level = heard.loudest();
  assert.ok(level <= ABSENT_DBOV, `there should be silence, but something is at ${level.toFixed(1)} dBov`);
}
