import { randomBytes } from 'node:crypto';
import type { IceCredentials } from '../../pipelines/protocol/ice.ts';
import { CrosspointError } from '../base/errors.ts';
import type { IceAddress, IceCandidate, IceLeg, LegConfig } from './media.ts';
import { WorkerLeg, type WorkerLegOptions } from './worker-leg.ts';

/** Where legs that are reached by ICE listen. */
export interface IceListening {
  /** UDP, of the first worker; the others have the ones behind it. */
  readonly port: number;
  /** As well, of TCP; undefined: none. */
  readonly tcpPort: number | undefined;
  /** The addresses to bind; asked for each leg, since those of the machine change. */
  readonly hosts: () => readonly string[];
  /** What candidates say instead, behind a 1:1 NAT. */
  readonly advertise: readonly string[] | undefined;
}

/** RFC 8445 §5.3 wants 24 and 128 bits of randomness. */
const UFRAG_BYTES = 9;
const PASSWORD_BYTES = 24;

type WorkerIceLegOptions = Omit<WorkerLegOptions, 'local'> & { readonly listening: IceListening | undefined };

/** A leg that is reached by ICE: at its worker's one port, known by its credentials. */
export class WorkerIceLeg extends WorkerLeg implements IceLeg {
  readonly #hosts: string[];
  readonly #tcpPort: number | undefined;
  #ice: IceAddress;

  /** @throws CrosspointError media.no-ice */
  constructor({ listening, ...options }: WorkerIceLegOptions) {
    const { fingerprint, index } = options.slot;
    const hosts = [...(listening?.hosts() ?? [])];
    if (!listening || !fingerprint || hosts.length === 0)
      throw new CrosspointError('media.no-ice', 'this box takes no media over ICE: webrtc is off, or has no address');
    const port = listening.port + index;
    const tcpPort = listening.tcpPort === undefined ? undefined : listening.tcpPort + index;
    const told = listening.advertise ?? hosts;
    const candidates: IceCandidate[] = told.map(host => ({ transport: 'udp', host, port }));
    if (tcpPort !== undefined)
      candidates.push(...told.map(host => ({ transport: 'tcp' as const, host, port: tcpPort })));
    const local = { address: candidates[0]?.host ?? '', rtpPort: port, rtcpPort: port, fingerprint };
    super({ ...options, local });
    this.#hosts = hosts;
    this.#tcpPort = tcpPort;
    this.#ice = { candidates, credentials: freshCredentials(), fingerprint };
  }

  get ice(): IceAddress {
    return this.#ice;
  }

  async openByIce(config: LegConfig): Promise<void> {
    const { credentials } = this.#ice;
    const tcp = this.#tcpPort === undefined ? {} : { tcpPort: this.#tcpPort };
    await this.open({ ice: { hosts: this.#hosts, port: this.local.rtpPort, ...tcp, credentials } }, null, config);
  }

  async restartIce(): Promise<void> {
    const credentials = freshCredentials();
    await this.update({ ice: credentials });
    this.#ice = { ...this.#ice, credentials };
  }
}

/** Base64 has the characters that ICE takes (RFC 8839 §5.4), and these lengths need no padding. */
function freshCredentials(): IceCredentials {
  return {
    ufrag: randomBytes(UFRAG_BYTES).toString('base64'),
    password: randomBytes(PASSWORD_BYTES).toString('base64'),
  };
}
