import { X509Certificate } from 'node:crypto';
import { VERSION } from '../pipelines/version.ts';
import type { Admission } from './admission/admission.ts';
import type { Clock } from './base/clock.ts';
import type { Calls } from './calls/calls.ts';
import type { HttpsIdentity } from './https/identity.ts';
import type { WorkerPool } from './media/worker-pool.ts';
import { Metrics } from './monitoring/metrics/metrics.ts';
import type { Monitoring } from './monitoring/monitoring.ts';
import type { TraceBook } from './sip/trace/trace-book.ts';
import type { UserAgent } from './sip/user-agent/user-agent.ts';
import type { Store } from './store/store.ts';
import type { TlsRenewal } from './tls-renewal.ts';
import type { IncomingCalls } from './trunks/incoming/incoming-calls.ts';
import type { Trunks } from './trunks/trunks.ts';

/** The parts of the box that are measured; those that come later are asked for. */
export interface MeasuredParts {
  readonly clock: Clock;
  readonly store: Store;
  readonly media: WorkerPool;
  readonly monitoring: Monitoring;
  readonly book: TraceBook;
  readonly admission: Admission;
  readonly https: HttpsIdentity | null;
  calls(): Calls;
  incoming(): IncomingCalls;
  userAgent(): UserAgent;
  trunks(): Trunks;
  renewal(): TlsRenewal;
  isDraining(): boolean;
}

const MAX_CERTIFICATES = 64;

export function metricsOf(parts: MeasuredParts): Metrics {
  const { clock, store, media, monitoring, book, admission, https } = parts;
  const ends = new CertificateEnds();
  const sources = {
    calls: () => ({
      states: parts
        .calls()
        .list()
        .map(({ state }) => state),
      refused: parts.incoming().refusals.counts,
    }),
    workers: () => media.load(),
    sip: () => {
      const agent = parts.userAgent();
      return { counters: agent.counters, held: agent.dump(), traceBytes: book.bytes };
    },
    trunks: () => parts.trunks().list(),
    outbox: async () => ({
      backlogs: await store.backlogs(),
      now: clock.now(),
      deliveries: monitoring.deliveries,
      dropped: monitoring.stats().dropped,
      mqttConnected: monitoring.stats().mqttConnected,
      storeWaiting: store.waiting,
      storeErrors: store.errors,
      storeHealthy: store.healthy,
    }),
    admission: () => ({ capacity: admission.capacity(), refused: admission.refused }),
    box: () => ({
      version: VERSION,
      node: process.version,
      certificates: [
        ...(https ? [{ use: 'https', notAfter: ends.of(https.shown.cert) }] : []),
        ...parts.renewal().shown.map(({ listener, cert }) => ({ use: `sip-${listener}`, notAfter: ends.of(cert) })),
      ],
      freePorts: media.freePorts,
      draining: parts.isDraining(),
    }),
  };
  return new Metrics(sources, clock).withDefaults();
}

/** Until when certificates are valid; each is read once. */
class CertificateEnds {
  readonly #known = new Map<string, number>();

  /** @returns milliseconds since 1970 */
  of(pem: string): number {
    const known = this.#known.get(pem);
    if (known !== undefined) return known;
    // Those that were replaced are of no use any more.
    if (this.#known.size >= MAX_CERTIFICATES) this.#known.clear();
    const end = Date.parse(new X509Certificate(pem).validTo);
    this.#known.set(pem, end);
    return end;
  }
}
