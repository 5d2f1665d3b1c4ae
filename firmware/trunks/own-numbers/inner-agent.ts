import { isIPv6 } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { isUnspecified } from '../../config/address.ts';
import type { SipUri } from '../../sip/message/uri.ts';
import type { Tap } from '../../sip/transport/transport-layer.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import { UserAgent } from '../../sip/user-agent/user-agent.ts';

const LOOPBACK = '127.0.0.1';

export interface InnerAgentParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly tap: Tap;
  readonly name: string;
  /** `media.host` */
  readonly mediaHost: string;
}

/**
 * A second SIP stack at a port of the loopback, by which the box calls itself: INVITE, challenge, answer and media are
 * those of any other call, while no listener, certificate, address translation or policy of targets has to fit
 * (docs/decisions.md). It takes calls of its own alone.
 */
export class InnerAgent {
  readonly agent: UserAgent;
  /** Written in SDP on both sides. */
  readonly mediaAddress: string;

  constructor({ clock, log, tap, name, mediaHost }: InnerAgentParts) {
    this.mediaAddress = isUnspecified(mediaHost) ? (isIPv6(mediaHost) ? '::1' : LOOPBACK) : mediaHost;
    this.agent = new UserAgent({
      listeners: [{ transport: 'udp', host: LOOPBACK, port: 0, learnAddress: false }],
      // Whatever else speaks on this machine knows no Call-ID of ours, and that is asked for (OwnNumberCalls).
      isTrusted: ({ address }) => address === LOOPBACK,
      allowTarget: address => address === LOOPBACK,
      clock,
      log,
      tap,
      name,
    });
  }

  /** @throws CrosspointError sip.listen-failed */
  start(): Promise<void> {
    return this.agent.start();
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  set onInvite(take: (invite: IncomingInvite) => void) {
    this.agent.onInvite = take;
  }

  /** Where it hears itself. */
  get hop(): SipUri {
    return {
      scheme: 'sip',
      user: null,
      password: null,
      host: LOOPBACK,
      port: this.#port,
      params: new Map([['transport', 'udp']]),
      headers: null,
    };
  }

  get #port(): number | null {
    return this.agent.listening[0]?.port ?? null;
  }
}
