import { freePortRange } from '../rig/free-ports.ts';
import { OwnBox } from '../rig/own-box.ts';

/** Enough for the largest load and for the calls of the highest rate, and those that have just ended. */
const RTP_PORTS = 6_000;

/** One range for all boxes of this process: they run one after the other. */
let ports: readonly [number, number] | null = null;

/** A box of our own with the configuration that a newcomer has, but for its ports. */
export function startBox(rtpPorts = RTP_PORTS): Promise<OwnBox> {
  ports ??= freePortRange(rtpPorts);
  return OwnBox.start({ config: { media: { host: '127.0.0.1', ports, workers: 1 } } });
}

export const sipAddress = ({ facts: { sip } }: OwnBox): string => `${sip.host}:${sip.udpPort}`;
