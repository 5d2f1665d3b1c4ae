import type { Page } from 'playwright-core';
import { pageUntil } from './page-until.ts';

/**
 * Resolves when an element of the page plays that tone, or (`heard` false) does not.
 *
 * The page needs to know nothing of it: the sound is taken from what its element plays.
 *
 * @param element JavaScript that gives it, or nothing while there is none
 */
export async function toneOf(page: Page, element: string, hz: number, heard = true): Promise<void> {
  await pageUntil(
    page,
    `(() => {
      const media = ${element};
      const stream = media && media.srcObject;
      if (!stream || stream.getAudioTracks().length === 0) return false;
      globalThis.ears ??= new Map();
      let ear = ears.get(stream);
      if (!ear) {
        const context = new AudioContext();
        ear = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
        new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(ear);
        ears.set(stream, ear);
      }
      const spectrum = new Float32Array(ear.frequencyBinCount);
      ear.getFloatFrequencyData(spectrum);
      const bin = Math.round((${hz} * ear.fftSize) / ear.context.sampleRate);
      const level = Math.max(...spectrum.slice(bin - 2, bin + 3));
      return ${heard} ? level > -40 : level < -70;
    })()`,
  );
}
