import type { SipUri } from '../sip/message/uri.ts';
import { type LocalAddress, localFor } from '../sip/transport/listener.ts';
import type { RequestOptions, RequestOutcome } from '../sip/user-agent/out-of-dialog.ts';

/** What the trunks need of the SIP stack; `UserAgent` is one. */
export interface TrunkAgent {
  readonly listening: readonly LocalAddress[];
  request(options: RequestOptions): Promise<RequestOutcome>;
}

/** Host by which a peer at that URI knows us; an IPv6 address without brackets. */
export function ourHost(listening: readonly LocalAddress[], peer: SipUri | null): string {
  const said = peer?.params.get('transport')?.toLowerCase();
  const transport = peer?.scheme === 'sips' || said === 'tls' ? 'tls' : said === 'tcp' ? 'tcp' : 'udp';
  // A name may turn out to be of either family: then the first listener of the transport speaks for us.
  const local =
    peer && /[:]|^[0-9.]+$/.test(peer.host) ? localFor(listening, { transport, address: peer.host }, null) : null;
  const some = local ?? listening.find(each => each.transport === transport) ?? listening[0];
  return some?.advertised.host ?? 'localhost';
}
