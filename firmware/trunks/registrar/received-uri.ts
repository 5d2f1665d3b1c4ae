import type { SipUri } from '../../sip/message/uri.ts';
import type { Source } from '../../sip/transport/hop.ts';

/**
 * Where to reach a peer that registered: where its REGISTER came from, whatever it believes its address to be behind a
 * NAT (RFC 3581, RFC 5626 §5.3), and over TCP and TLS on the connection that it keeps open. A Contact at the very
 * address from which it spoke over UDP is taken by its word: it may listen on another port than it sends from.
 */
export function receivedUri(contact: SipUri, { transport, address, port }: Source): SipUri {
  const said = contact.params.get('transport')?.toLowerCase() ?? 'udp';
  if (transport === 'udp' && said === 'udp' && contact.host === address) return contact;
  const params = new Map(transport === 'udp' ? [] : [['transport', transport]]);
  return { scheme: 'sip', user: null, password: null, host: address, port, params, headers: null };
}
