import { hostname } from 'node:os';
import { isUnspecified } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { fingerprintOf } from './https/fingerprint.ts';
import { formatHostPort } from './sip/message/host-port.ts';

export interface CardFacts {
  readonly config: Config;
  /** PEM of the box's own certificate authority; null when it has none. */
  readonly authority: string | null;
  readonly apiKey: string;
  readonly credentialsFile: string;
  readonly version: string;
  readonly startedInMs: number;
}

/** What a newcomer needs to know once the gateway is up: addresses, the project, where the secrets are, what next. */
export function startUpCard({ config, authority, apiKey, credentialsFile, version, startedInMs }: CardFacts): string {
  const { http, sip, media, mqtt } = config;
  const rows: [string, string][] = [
    ...httpRows(http, authority),
    ...sip.listeners.map(({ transport, host, port }): [string, string] => [
      'SIP',
      `${transport} ${formatHostPort(host, port)}`,
    ]),
    ['RTP', `udp ${formatHostPort(media.host, media.ports[0])}–${media.ports[1]}`],
    [
      'MQTT',
      mqtt.embedded ? `mqtt://${formatHostPort(mqtt.embedded.host, mqtt.embedded.port)} (embedded)` : 'external broker',
    ],
    ['project', apiKey],
    ['secrets', `${credentialsFile} (project secret, operator token, broker logins)`],
    ['next', 'npm run demo'],
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(8)} ${value}`);
  return [`Crosspoint ${version} is ready (${(startedInMs / 1000).toFixed(1)} s)`, ...lines, ''].join('\n');
}

function httpRows({ host, port, tls, plain }: Config['http'], authority: string | null): [string, string][] {
  // Nobody can open an address that is only listened on.
  const at = formatHostPort(isUnspecified(host) ? hostname() : host, port);
  const rows: [string, string][] = [];
  if (tls.mode !== 'off') rows.push(['HTTPS', `https://${at}`]);
  if (tls.mode === 'off' || plain !== 'never') rows.push(['HTTP', `http://${at}${whom(tls.mode, plain)}`]);
  rows.push(['agent', `${tls.mode === 'off' ? 'http' : 'https'}://${at}/agent`]);
  if (authority !== null)
    rows.push(['trust', `http://${at}/trust says how; the authority's SHA-256 is`], ['', fingerprintOf(authority)]);
  return rows;
}

function whom(mode: string, plain: string): string {
  return mode !== 'off' && plain === 'loopback' ? ' (from this machine alone)' : '';
}
