import type { Load } from '../../pipelines/protocol/figures.ts';
import type { TrunkView } from '../trunks/trunk-view.ts';

/** What the rules look at; figures that cannot be had are null. */
export interface Facts {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** One each; null for one that is down. */
  readonly workers: readonly (Load | null)[];
  /** Ends of media workers that nobody asked for, in the last ten minutes. */
  readonly workerDeaths: number;
  /** Ticks of the media workers that were left out, in the last ten minutes. */
  readonly skippedTicks: number;
  readonly trunks: readonly Pick<TrunkView, 'name' | 'state' | 'since' | 'reason' | 'registration'>[];
  readonly disk: { readonly totalBytes: number | null; readonly freeBytes: number | null };
  /** Deliveries that wait. */
  readonly pending: number;
  /** Deliveries given up, in the last ten minutes. */
  readonly dropped: number;
  /** What is wrong with the store; null when all is well. */
  readonly storeProblem: string | null;
  /** Webhooks that take nothing. */
  readonly webhooksDown: readonly WebhookDown[];
  /** Since when there is no MQTT broker, milliseconds since 1970; null while there is one. */
  readonly brokerDownSince: number | null;
  readonly certificates: readonly CertificateFact[];
  /** Wrong PINs of callers that count at the moment, and whether they are so many that none is looked at. */
  readonly wrongPins: { readonly count: number; readonly locked: boolean };
}

export interface WebhookDown {
  /** Its name in the outbox. */
  readonly target: string;
  readonly project: string;
  /** What it is told of. */
  readonly kind: string;
  /** What the last attempt came to. */
  readonly reason: string;
}

export interface CertificateFact {
  /** Where the configuration names it. */
  readonly name: string;
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}
