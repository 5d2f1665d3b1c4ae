import type { Load } from '../../pipelines/protocol/figures.ts';
import type { Clock } from '../base/clock.ts';
import type { CertificateFact, Facts, WebhookDown } from './facts.ts';
import { Recent } from './recent.ts';

/** Where the facts come from. What they promise comes at once, too: nobody waits for a machine that hangs. */
export interface FactSources {
  workers(): Promise<readonly (Load | null)[]>;
  /** Ends of media workers since the start that nobody asked for. */
  workerDeaths(): number;
  trunks(): Facts['trunks'];
  disk(): Facts['disk'];
  pending(): number;
  /** Deliveries given up since the start. */
  dropped(): number;
  storeProblem(): string | null;
  webhooksDown(): readonly WebhookDown[];
  brokerDownSince(): number | null;
  certificates(): Promise<readonly CertificateFact[]>;
  wrongPins(): Facts['wrongPins'];
}

const WINDOW_MS = 600_000;
/** Reading certificates is not for every few seconds. */
const CERTIFICATES_EVERY_MS = 60_000;

/** Gathers what the rules look at. */
export class FactGatherer {
  readonly #sources: FactSources;
  readonly #clock: Clock;
  readonly #deaths = new Recent(WINDOW_MS);
  readonly #dropped = new Recent(WINDOW_MS);
  readonly #skipped = new Recent(WINDOW_MS);
  #certificates: readonly CertificateFact[] = [];
  #certificatesAt = Number.NEGATIVE_INFINITY;

  constructor(sources: FactSources, clock: Clock) {
    this.#sources = sources;
    this.#clock = clock;
    // Both count from the start of the service.
    this.#deaths.risen(clock.monotonic(), 0);
    this.#dropped.risen(clock.monotonic(), 0);
  }

  async gather(): Promise<Facts> {
    const sources = this.#sources;
    const now = this.#clock.monotonic();
    const [workers] = await Promise.all([sources.workers(), this.#readCertificates(now)]);
    const skipped = workers.reduce((sum, load) => sum + (load?.skippedTicks ?? 0), 0);
    return {
      now: this.#clock.now(),
      workers,
      workerDeaths: this.#deaths.risen(now, sources.workerDeaths()),
      skippedTicks: this.#skipped.risen(now, skipped),
      trunks: sources.trunks(),
      pending: sources.pending(),
      dropped: this.#dropped.risen(now, sources.dropped()),
      storeProblem: sources.storeProblem(),
      webhooksDown: sources.webhooksDown(),
      brokerDownSince: sources.brokerDownSince(),
      disk: sources.disk(),
      certificates: this.#certificates,
      wrongPins: sources.wrongPins(),
    };
  }

  async #readCertificates(now: number): Promise<void> {
    if (now - this.#certificatesAt < CERTIFICATES_EVERY_MS) return;
    this.#certificatesAt = now;
    this.#certificates = await this.#sources.certificates();
  }
}
