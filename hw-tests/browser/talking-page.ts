import type { Page } from 'playwright-core';
import type { Browser } from '../rig/browser.ts';

/** What each page is given beside the SDK: a voice of one tone, and an ear for each stream that it subscribes to. */
const VOICE_AND_EAR = `
  const context = new AudioContext();
  function voice(hz) {
    const tone = new OscillatorNode(context, { frequency: hz });
    const level = new GainNode(context, { gain: 0.22 });
    const out = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    tone.connect(level).connect(out);
    tone.start();
    return out.stream.getAudioTracks()[0];
  }
  const ears = new Map();
  function listen(subscriber) {
    const ear = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(context, { mediaStream: subscriber.videoElement.srcObject }).connect(ear);
    ears.set(subscriber.stream.streamId, ear);
  }
  // Level of the tone in that stream, dB below full scale; -Infinity while there is no such stream.
  function level(streamId, hz) {
    const ear = ears.get(streamId);
    if (!ear) return -Infinity;
    const spectrum = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(spectrum);
    const bin = Math.round((hz * ear.fftSize) / context.sampleRate);
    return Math.max(...spectrum.slice(bin - 2, bin + 3));
  }
`;

export interface TalkingPageOptions {
  readonly browser: Browser;
  /** Of the box. */
  readonly url: string;
  readonly session: string;
  readonly token: string;
  /** What it says; absent: it only listens. */
  readonly hz?: number;
  /** Runs in the page before anything of its own. */
  readonly before?: string;
}

/** A page that uses the SDK as OpenTok's documentation has it: it says a tone, and subscribes to whatever there is. */
export class TalkingPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open({ browser, url, session, token, hz, before }: TalkingPageOptions): Promise<TalkingPage> {
    const origin = url.replace('127.0.0.1', 'localhost');
    const page = await browser.open(`${origin}/client/crosspoint.d.ts`, before);
    await page.addScriptTag({ url: '/client/crosspoint.js' });
    await page.addScriptTag({ content: VOICE_AND_EAR });
    const talking = new TalkingPage(page);
    await page.evaluate(`(async () => {
      problems = [];
      destroyed = [];
      session = OT.initSession('key', ${JSON.stringify(session)}, { apiUrl: ${JSON.stringify(origin)} });
      session.on('streamCreated', ({ stream }) => {
        const subscriber = session.subscribe(stream, undefined, { insertMode: 'append' }, error => {
          if (error) problems.push(error.name + ': ' + error.message);
          else listen(subscriber);
        });
      });
      session.on('streamDestroyed', ({ stream, reason }) => destroyed.push([stream.streamId, reason]));
      await new Promise((resolve, reject) =>
        session.connect(${JSON.stringify(token)}, error => (error ? reject(error) : resolve())));
    })()`);
    if (hz !== undefined) await talking.publish(hz);
    return talking;
  }

  publish(hz: number): Promise<unknown> {
    return this.page.evaluate(`(async () => {
      publisher = OT.initPublisher(undefined, { audioSource: voice(${hz}), videoSource: null, insertMode: 'append' });
      await new Promise((resolve, reject) => session.publish(publisher, error => (error ? reject(error) : resolve())));
    })()`);
  }

  streamId(): Promise<string> {
    return this.page.evaluate('publisher.stream.streamId');
  }

  /** Resolves when that tone is heard in that stream. */
  async hears(streamId: string, hz: number): Promise<void> {
    await this.page.waitForFunction(`level(${JSON.stringify(streamId)}, ${hz}) > -40`).catch(async error => {
      const problems = await this.page.evaluate('JSON.stringify([problems, [...ears.keys()]])');
      throw new Error(`${hz} Hz is not heard in ${streamId}: ${problems}`, { cause: error });
    });
  }

  /** Resolves when it is not heard (any more). */
  async hearsNot(streamId: string, hz: number): Promise<void> {
    await this.page.waitForFunction(`level(${JSON.stringify(streamId)}, ${hz}) < -70`);
  }

  close(): Promise<void> {
    return this.page.close();
  }
}
