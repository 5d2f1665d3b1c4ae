import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { ReplacedFiles } from './config/replaced-files.ts';
import type { Config } from './config/schema.ts';
import { listenerIdentity } from './config/tls-files.ts';
import type { LocalAddress } from './sip/transport/listener.ts';
import type { TlsClient, TlsIdentity } from './sip/transport/tls-identity.ts';
import { trunkTls } from './trunks/trunk-tls.ts';

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
  readonly #files: ReplacedFiles;
  #client: (serverName: string) => TlsClient;
  /** In the order of the listeners; undefined of one that is not TLS. */
  #identities: readonly (TlsIdentity | undefined)[];

  /** @throws CrosspointError config.tls-file */
  constructor({ config, agent, clock, log }: TlsRenewalParts) {
    this.#files = new ReplacedFiles({
      files: () => filesOf(config),
      take: () => {
        const client = trunkTls(config);
        const identities = config.sip.listeners.map(listenerIdentity);
        for (const [index, local] of agent().listening.entries()) {
          const identity = identities[index];
          if (identity) agent().setIdentity(local, identity);
        }
        this.#identities = identities;
        this.#client = client;
      },
      taken: 'TLS files were replaced: new connections use them',
      refused: 'TLS files were replaced by some that cannot be used: the former ones stay',
      clock,
      log,
    });
    this.#client = trunkTls(config);
    this.#identities = config.sip.listeners.map(listenerIdentity);
  }

  /** Certificates that SIP listeners show, as PEM, by the listener's place in the configuration. */
  get shown(): readonly { readonly listener: number; readonly cert: string }[] {
    return this.#identities.flatMap((identity, listener) => (identity ? [{ listener, cert: identity.cert }] : []));
  }

  /** A user agent's `tlsClientFor`. */
  readonly clientFor = (serverName: string): TlsClient => this.#client(serverName);

  start(): void {
    this.#files.start();
  }

  close(): void {
    this.#files.close();
  }

  check(): void {
    this.#files.check();
  }
}

function filesOf({ sip, trunks }: Pick<Config, 'sip' | 'trunks'>): (string | undefined)[] {
  return [
    sip.tls.caFile,
    ...sip.listeners.flatMap(each => [each.certificateFile, each.keyFile, each.clientCaFile]),
    ...trunks.flatMap(({ tls }) => [tls.caFile, tls.certificateFile, tls.keyFile]),
  ];
}
