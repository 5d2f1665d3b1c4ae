import type { Config } from './config/schema.ts';
import { formatHostPort } from './sip/message/host-port.ts';

export interface CardFacts {
  readonly config: Config;
  readonly apiKey: string;
  readonly credentialsFile: string;
  readonly version: string;
  readonly startedInMs: number;
}

/** What a newcomer needs to know once the gateway is up: addresses, the project, where the secrets are, what next. */
export function startUpCard({ config, apiKey, credentialsFile, version, startedInMs }: CardFacts): string {
  const { http, sip, media, mqtt } = config;
  const rows: [string, string][] = [
    ['HTTP', `http://${formatHostPort(http.host, http.port)}`],
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
