import type { LegStats } from '../../pipelines/protocol/figures.ts';
import type { CallId, ConnectionId, LegId, ProjectId, SessionId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { LegConfig, MediaLeg } from '../media/media.ts';
import type { CallMediaRecord } from '../quality/call-media.ts';
import type { Agreed } from '../sdp/agreed.ts';
import { Call } from './call.ts';
import type { CallEvent } from './events.ts';
import { SILENT, type SipSide } from './sip-side.ts';

/** A leg that only writes down what it is told. */
export function writtenLeg(id: string): MediaLeg & { readonly updates: LegConfig[]; closed: boolean } {
  const leg = {
    id: id as LegId,
    local: { address: '127.0.0.1', rtpPort: 1, rtcpPort: 2 },
    updates: [] as LegConfig[],
    closed: false,
    update: async (change: LegConfig) => void leg.updates.push(change),
    sendDigits: async () => ({ queuedMs: 0 }),
    play: () => Promise.reject(new Error('nothing is played')),
    visit: () => true,
    stats: () => Promise.reject(new Error('not asked for')),
    close: async () => {
      leg.closed = true;
      return { received: {}, sent: {} } as unknown as LegStats;
    },
  };
  return leg;
}

/** A side that has agreed on receiving those codecs, by name. */
export function agreedSide(leg: MediaLeg, ...receives: string[]): SipSide {
  const codec = (name: string) => ({
    name,
    payloadType: 96,
    clockRate: 8000,
    sampleRate: 8000,
    implementation: 'pcmu',
  });
  const usual = { packetMs: 20, reason: 'of the fixture', security: null, remote: null };
  const agreed = { ...usual, receive: receives.map(codec), send: codec(receives[0] ?? 'PCMU') } as unknown as Agreed;
  return { leg, signalling: { ...SILENT, agreed } };
}

/** What a call needs, which writes down what it is told. */
export function writtenServices(clock: ManualClock) {
  const events: CallEvent[] = [];
  const kept: CallMediaRecord[] = [];
  const services = {
    clock,
    log: silentLog,
    record: async (event: CallEvent) => void events.push(event),
    limits: { firstRtpMs: 1e6, inactivityMs: 1e6, durationMs: 1e7 },
    traces: { attach: () => {}, ended: () => {} },
    tellDigits: false,
    keepMedia: (record: CallMediaRecord) => void kept.push(record),
  };
  return { services, events, kept };
}

/** A call of one far end, in a session. */
export function callOf(side: SipSide, session: SessionId | null = null, connection: ConnectionId | null = null) {
  const clock = new ManualClock();
  const { services, events } = writtenServices(clock);
  const ref = { id: 'call' as CallId, project: '46000001' as ProjectId, session, connection, createdAt: clock.now() };
  const call = new Call({ ref, direction: 'inbound', from: 'x', to: 'y' }, [side], services, async () => {});
  return { call, clock, events };
}
