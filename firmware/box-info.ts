import { VERSION } from '../pipelines/version.ts';
import { parseAdvertise } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { machineFacts } from './monitoring/machine-facts.ts';
import type { Info, Listener } from './monitoring/topics-box.ts';

/** What the box says of itself on MQTT: what it is, where it listens, what it can. */
export function boxInfo(config: Config, startedAt: number): Info {
  return {
    software: VERSION,
    ...machineFacts(),
    listeners: listenersOf(config),
    capabilities: capabilitiesOf(config),
    startedAt,
  };
}

function listenersOf({ http, sip, media, webrtc, mqtt }: Config): Listener[] {
  const one = (protocol: string, address: string, port: number, lastPort: number | null = null) => ({
    protocol,
    address,
    port,
    lastPort,
  });
  return [
    ...(http.tls.mode === 'off' ? [] : [one('https', http.host, http.port)]),
    ...(http.tls.mode !== 'off' && http.plain === 'never' ? [] : [one('http', http.host, http.port)]),
    ...sip.listeners.map(({ transport, host, port, advertise }) => {
      const told = advertise === undefined ? null : parseAdvertise(advertise);
      return one(`sip/${transport}`, told?.host ?? host, told?.port ?? port);
    }),
    one('rtp/udp', media.advertise ?? media.host, ...media.ports),
    ...(webrtc.enabled ? [one('webrtc/udp', media.advertise ?? media.host, webrtc.port)] : []),
    ...(mqtt.embedded ? [one('mqtt', mqtt.embedded.host, mqtt.embedded.port)] : []),
  ];
}

function capabilitiesOf({ media, webrtc, mqtt, http }: Config): string[] {
  return [
    ...media.codecs.map(codec => `codec/${codec}`),
    'srtp/sdes',
    'srtp/dtls',
    'recording',
    ...(webrtc.enabled ? ['webrtc', ...webrtc.video.codecs.map(codec => `video/${codec}`)] : []),
    ...(http.tls.mode === 'off' ? [] : ['https']),
    ...(mqtt.embedded || mqtt.requests ? ['mqtt-requests'] : []),
    ...(mqtt.homeAssistant ? ['home-assistant'] : []),
  ];
}
