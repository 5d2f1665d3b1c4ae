import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { isUnspecified, parseAdvertise } from '../config/address.ts';
import { isCertificateName } from '../config/http-schema.ts';
import type { Config } from '../config/schema.ts';

/** What a certificate is for; each name once, in a stable order. */
export interface CertificateNames {
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/** Where the box finds itself. */
export interface Surroundings {
  readonly hostname: string;
  readonly interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>;
}

/** The hosts of the vendors' APIs (CONTRACT §0.1). */
export const VENDOR_NAMES = [
  'api.opentok.com',
  'api.twilio.com',
  'api.nexmo.com',
  'rest.nexmo.com',
  'video.api.vonage.com',
] as const;

/** A box with a network for every container has hundreds; a certificate travels with every handshake. */
const MAX_ADDRESSES = 100;

/** Everything that a browser may have in its address bar when it means this box. */
export function certificateNames(config: Config, { hostname, interfaces }: Surroundings): CertificateNames {
  const { http, sip, media, box } = config;
  const host = hostname.toLowerCase();
  const advertised = sip.listeners.flatMap(({ advertise }) => {
    const named = advertise === undefined ? null : parseAdvertise(advertise);
    return named ? [named.host] : [];
  });
  const configured = [
    ...http.tls.names,
    http.host,
    ...advertised,
    ...(media.advertise === undefined ? [] : [media.advertise]),
  ];
  const dns = [
    'localhost',
    host,
    // mDNS (RFC 6762 §3) knows the first label alone.
    `${host.split('.')[0]}.local`,
    box.toLowerCase(),
    ...configured.filter(name => isIP(name) === 0).map(name => name.toLowerCase()),
    ...(http.tls.vendorNames ? VENDOR_NAMES : []),
  ];
  const addresses = [
    '127.0.0.1',
    '::1',
    ...configured.filter(name => isIP(name) !== 0 && !isUnspecified(name)),
    ...Object.values(interfaces).flatMap(each => (each ?? []).filter(isReachable).map(({ address }) => address)),
  ];
  return {
    dns: [...new Set(dns.filter(isCertificateName))].sort(),
    addresses: [...new Set(addresses)].slice(0, MAX_ADDRESSES).sort(),
  };
}

/** Link-local IPv6 addresses need a zone, which no URL carries. */
function isReachable({ family, address }: NetworkInterfaceInfo): boolean {
  return family === 'IPv4' || !/^fe[89ab]/i.test(address);
}
