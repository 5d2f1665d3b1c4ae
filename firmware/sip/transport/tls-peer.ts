import { createHash } from 'node:crypto';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import { CrosspointError } from '../../base/errors.ts';

/**
 * Whether a certificate is one of that name: `sip:` URIs or DNS names and addresses among its alternative names
 * (RFC 5922 §7.1). Wildcards count, against §7.2: carriers serve all their regions with one certificate.
 *
 * @param serverName a host name or an IP address
 */
export function nameFault(serverName: string, certificate: PeerCertificate): Error | undefined {
  const uri = `URI:sip:${serverName.toLowerCase()}`;
  const names = (certificate.subjectaltname ?? '').split(', ');
  if (names.some(name => name.toLowerCase() === uri.toLowerCase())) return undefined;
  const fault = checkServerIdentity(serverName, certificate);
  // Node's own error carries the whole certificate into every log line.
  return fault && new CrosspointError('sip.tls-name', fault.message);
}

/** Whether the far end of a finished handshake holds none of the pinned keys; null when it does or none is pinned. */
export function pinFault(socket: TLSSocket, pins: readonly string[] | undefined): Error | null {
  if (pins === undefined || pins.length === 0) return null;
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
  const pin = key ? createHash('sha256').update(key).digest('base64') : '';
  if (pins.includes(pin)) return null;
  return new CrosspointError('sip.tls-pin', 'the far end does not hold the TLS key that is pinned');
}
