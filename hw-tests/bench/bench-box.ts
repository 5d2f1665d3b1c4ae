import { OwnBox } from '../rig/own-box.ts';
import { portRange } from './port-range.ts';

/** Enough for the largest load and for the calls of the highest rate, and those that have just ended. */
const RTP_PORTS = 6_000;

/** Before anything else takes ports: so many in a row are there only while few are taken. */
export function reserveBoxPorts(): void {
  portRange(RTP_PORTS);
}

/** A box of our own with the configuration that a newcomer has, but for its ports and what `more` says. */
export function startBox(rtpPorts = RTP_PORTS, more: Readonly<Record<string, unknown>> = {}): Promise<OwnBox> {
  return OwnBox.start({ rtpPorts: portRange(rtpPorts), config: more });
}

export const sipAddress = ({ facts: { sip } }: OwnBox): string => `${sip.host}:${sip.udpPort}`;
