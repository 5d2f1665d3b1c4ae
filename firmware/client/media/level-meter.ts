const INTERVAL_MS = 50;
const WINDOW = 2048;

let shared: AudioContext | null = null;

/** One for the whole page: browsers allow few. */
function audioContext(): AudioContext {
  shared ??= new AudioContext();
  if (shared.state === 'suspended') shared.resume().catch(() => {});
  return shared;
}

/** Measures how loud a track is, about twenty times a second, until it is closed. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param levelled takes the peak of the last 43 ms, 0 … 1 */
  constructor(track: MediaStreamTrack, levelled: (level: number) => void) {
    const context = audioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = WINDOW;
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    const samples = new Float32Array(WINDOW);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      levelled(peakOf(samples));
    }, INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#source.disconnect();
  }
}

function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return Math.min(1, peak);
}
