import type { PublisherStats, SubscriberStats, TrackStats } from '../crosspoint.d.ts';

/** The figures of a browser's report that OpenTok's getStats has. */
type Figures = { readonly type: string; readonly kind?: string; readonly [figure: string]: unknown };

export function subscriberStats(report: RTCStatsReport): SubscriberStats {
  return { timestamp: Date.now(), audio: received(report, 'audio'), video: received(report, 'video') };
}

export function publisherStats(report: RTCStatsReport): PublisherStats['stats'] {
  return { timestamp: Date.now(), audio: sent(report, 'audio'), video: sent(report, 'video') };
}

function received(report: RTCStatsReport, kind: string): TrackStats {
  const inbound = find(report, 'inbound-rtp', kind);
  return {
    bytesReceived: figure(inbound, 'bytesReceived'),
    packetsReceived: figure(inbound, 'packetsReceived'),
    packetsLost: figure(inbound, 'packetsLost'),
  };
}

function sent(report: RTCStatsReport, kind: string): PublisherStats['stats']['audio'] {
  const outbound = find(report, 'outbound-rtp', kind);
  return {
    bytesSent: figure(outbound, 'bytesSent'),
    packetsSent: figure(outbound, 'packetsSent'),
    packetsLost: figure(find(report, 'remote-inbound-rtp', kind), 'packetsLost'),
  };
}

function find(report: RTCStatsReport, type: string, kind: string): Figures | undefined {
  let found: Figures | undefined;
  report.forEach((each: Figures) => {
    if (each.type === type && each.kind === kind) found = each;
  });
  return found;
}

function figure(of: Figures | undefined, name: string): number {
  const value = of?.[name];
  return typeof value === 'number' ? value : 0;
}
