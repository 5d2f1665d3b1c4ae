import type { Clock, Timer } from './base/clock.ts';
import { messageOf } from './base/errors.ts';
import type { Log } from './base/log.ts';
import { fileState } from './config/file-state.ts';
import type { Config } from './config/schema.ts';
import { listenerIdentity } from './config/tls-files.ts';
import type { LocalAddress } from './sip/transport/listener.ts';
import type { TlsClient, TlsIdentity } from './sip/transport/tls-identity.ts';
import { trunkTls } from './trunks/trunk-tls.ts';

/** Looking costs a stat of each file; who renews a certificate has days to spare. */
const EVERY_MS = 60_000;

/** Who shows the certificates; `UserAgent` is one. */
export interface TlsShower {
  /** In the order of the configuration. */
  readonly listening: readonly LocalAddress[];
  setIdentity(local: LocalAddress, identity: TlsIdentity): void;
}

export interface TlsRenewalParts {
  readonly config: Pick<Config, 'sip' | 'trunks'>;
  readonly agent: () => TlsShower;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Certificates live for weeks and calls must not end with them: keys, certificates and authorities whose files were
 * replaced count for the connections from then on; those that are open keep what they have.
 */
export class TlsRenewal {
  readonly #parts: TlsRenewalParts;
  #client: (serverName: string) => TlsClient;
  #seen: string;
  #timer: Timer | null = null;

  /** @throws CrosspointError config.tls-file */
  constructor(parts: TlsRenewalParts) {
    this.#parts = parts;
    this.#seen = stateOf(parts.config);
    this.#client = trunkTls(parts.config);
  }

  /** A user agent's `tlsClientFor`. */
  readonly clientFor = (serverName: string): TlsClient => this.#client(serverName);

  start(): void {
    this.#timer = this.#parts.clock.after(EVERY_MS, () => {
      this.check();
      this.start();
    });
  }

  close(): void {
    this.#timer?.stop();
    this.#timer = null;
  }

  /** Takes what was replaced. A pair of which only one half is there yet is looked at again when the other comes. */
  check(): void {
    const { config, agent, log } = this.#parts;
    const state = stateOf(config);
    if (state === this.#seen) return;
    this.#seen = state;
    try {
      const client = trunkTls(config);
      const identities = config.sip.listeners.map(listenerIdentity);
      for (const [index, local] of agent().listening.entries()) {
        const identity = identities[index];
        if (identity) agent().setIdentity(local, identity);
      }
      this.#client = client;
      log.info('TLS files were replaced: new connections use them');
    } catch (error) {
      log.error(
        { problem: messageOf(error) },
        'TLS files were replaced by some that cannot be used: the former ones stay',
      );
    }
  }
}

/** Changes whenever one of the files does. */
function stateOf({ sip, trunks }: Pick<Config, 'sip' | 'trunks'>): string {
  return fileState([
    sip.tls.caFile,
    ...sip.listeners.flatMap(each => [each.certificateFile, each.keyFile, each.clientCaFile]),
    ...trunks.flatMap(({ tls }) => [tls.caFile, tls.certificateFile, tls.keyFile]),
  ]);
}
