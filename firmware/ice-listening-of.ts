import { networkInterfaces } from 'node:os';
import { isUnspecified } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { ownAddresses } from './media/own-addresses.ts';
import type { IceListening } from './media/worker-ice-leg.ts';

/** Where the media of WebRTC clients is; undefined where it is switched off. */
export function iceListeningOf({ webrtc, media }: Pick<Config, 'webrtc' | 'media'>): IceListening | undefined {
  if (!webrtc.enabled) return undefined;
  const { port, tcpPort = port, hosts } = webrtc;
  // The address of media.advertise leads to media.host, and to no other.
  const behindNat = hosts === undefined && media.advertise !== undefined ? [media.advertise] : undefined;
  return {
    port,
    tcpPort: tcpPort === 0 ? undefined : tcpPort,
    hosts: () => hosts ?? (isUnspecified(media.host) ? ownAddresses(networkInterfaces()) : [media.host]),
    advertise: webrtc.advertise ?? behindNat,
  };
}
