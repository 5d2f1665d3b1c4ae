import type { TransportName } from '../transport/hop.ts';
import type { NaptrRecord } from './name-service.ts';

/** Where to ask next: the SRV name of one transport. */
export interface SrvQuestion {
  readonly transport: TransportName;
  readonly name: string;
}

const SERVICES: Readonly<Record<string, TransportName>> = { 'SIP+D2U': 'udp', 'SIP+D2T': 'tcp', 'SIPS+D2T': 'tls' };

/**
 * The SRV names that a domain's NAPTR records lead to, in their order and preference (RFC 3263 §4.1, RFC 3403 §4.1).
 * Records of other services or transports, and those which rewrite by regular expression, are passed over.
 * @param speaks whether that transport may be used: it has a listener here and is as safe as the URI asks
 */
export function naptrChoice(
  records: readonly NaptrRecord[],
  speaks: (transport: TransportName) => boolean,
): SrvQuestion[] {
  const sorted = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
  return sorted.flatMap(({ flags, service, regexp, replacement }) => {
    const transport = SERVICES[service.toUpperCase()];
    const usable = flags.toLowerCase() === 's' && regexp === '' && replacement !== '' && replacement !== '.';
    return usable && transport !== undefined && speaks(transport) ? [{ transport, name: replacement }] : [];
  });
}
