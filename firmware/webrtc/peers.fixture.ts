import jwt from 'jsonwebtoken';
import * as assert from 'uvu/assert';
import { VIDEO_CODECS } from '../../pipelines/codecs/video-codecs.ts';
import { type LegId, newId, type ProjectId, type SessionId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { ManualClock } from '../base/manual-clock.ts';
import type { OpentokProject } from '../config/projects.ts';
import type { IceAddress, IceLeg, IceMedia, LegConfig, LegListener } from '../media/media.ts';
import { Clients } from '../sessions/clients.ts';
import type { SessionEvent } from '../sessions/events.ts';
import { Sessions } from '../sessions/registry.ts';
import { acceptedMedia } from './accepted-media.ts';
import { Peers, type PeersOptions } from './peers.ts';
import type { StreamSource, StreamWatcher } from './stream-source.ts';

/** A leg that only writes down what it is told. */
export interface WrittenLeg {
  readonly id: LegId;
  readonly listener: LegListener;
  readonly opened: LegConfig;
  readonly updates: LegConfig[];
  closed: boolean;
}

/** ICE legs without a worker. */
export class WrittenMedia implements IceMedia {
  readonly legs: WrittenLeg[] = [];
  /** Set: the next leg cannot be opened. */
  failure: Error | null = null;

  get open(): number {
    return this.legs.filter(({ closed }) => !closed).length;
  }

  get last(): WrittenLeg {
    const leg = this.legs.at(-1);
    if (!leg) throw new Error('no leg was opened');
    return leg;
  }

  async openIceLeg(
    _placement: string | null,
    listener: LegListener,
    configure: (ice: IceAddress) => LegConfig,
  ): Promise<IceLeg> {
    await Promise.resolve();
    if (this.failure) throw this.failure;
    const id = newId<LegId>();
    let restarts = 0;
    const address = (): IceAddress => ({
      candidates: [{ transport: 'udp', host: '192.0.2.1', port: 3480 }],
      credentials: { ufrag: `ours${restarts}`, password: 'ourPasswordOfTwentyTwoChars' },
      fingerprint: { hash: 'sha-256', value: Array(32).fill('0A').join(':') },
    });
    const leg: WrittenLeg = { id, listener, opened: configure(address()), updates: [], closed: false };
    this.legs.push(leg);
    return {
      id,
      ssrc: 4711,
      local: { address: '192.0.2.1', rtpPort: 3480, rtcpPort: 3480 },
      get ice() {
        return address();
      },
      restartIce: async () => void restarts++,
      update: async change => void leg.updates.push(change),
      close: async () => {
        leg.closed = true;
        return null;
      },
      sendDigits: () => Promise.reject(new Error('no digits')),
      play: () => Promise.reject(new Error('no player')),
      visit: () => true,
      stats: () => Promise.reject(new Error('no figures')),
    };
  }
}

/** A phone's stream. */
export class WrittenSource implements StreamSource {
  readonly hasAudio = true;
  readonly video = null;
  leg = newId<LegId>();
  receivesOpus = false;
  readonly watchers = new Set<StreamWatcher>();

  watch(watcher: StreamWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }
}

function projectNamed(id: string): OpentokProject {
  return {
    kind: 'opentok',
    id: id as ProjectId,
    secret: `secret of ${id}`,
    sipMonitoringUrl: null,
    sessionMonitoringUrl: null,
  };
}

/** Peers of one session, with a clock that a test moves. */
export async function startPeers(limits: PeersOptions['limits'] = { perSession: 100, inAll: 100 }) {
  const clock = new ManualClock();
  const ours = projectNamed('46000001');
  const events: SessionEvent[] = [];
  const sessions = new Sessions({
    store: { save: async () => {}, all: async () => [], delete: async () => {} },
    events: { record: async event => void events.push(event) },
    clock,
    log: silentLog,
    limits: { sessionsPerProject: 10, connectionsPerSession: 200 },
  });
  const clients = new Clients({ sessions, projects: new Map([[ours.id, ours]]), clock });
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const media = new WrittenMedia();
  const phones = new Map<string, WrittenSource>();
  const pressed: string[] = [];
  const peers = new Peers({
    media,
    clients,
    phones: { find: (_session, stream) => phones.get(stream) ?? null },
    pressed: (client, { digit }) => void pressed.push(`${digit} of ${client.connection}`),
    limits,
    accepted: acceptedMedia(VIDEO_CODECS),
    maxVideoBitrate: 2_500_000,
    clock,
    log: silentLog,
  });
  const token = (role = 'publisher', session: SessionId = id) =>
    jwt.sign(
      {
        iss: ours.id,
        ist: 'project',
        scope: 'session.connect',
        session_id: session,
        role,
        exp: Math.floor(clock.now() / 1000) + 60,
      },
      ours.secret,
      { noTimestamp: true },
    );
  const enter = (role?: string) => clients.enter(ours, id, token(role));
  /** What was told since the last time. */
  const told = () => events.splice(0).map(event => ('reason' in event ? `${event.type} ${event.reason}` : event.type));
  return { clock, sessions, clients, ours, session: id, media, phones, pressed, peers, token, enter, told };
}

export type PeersRig = Awaited<ReturnType<typeof startPeers>>;

/** All that has been promised is done. */
export const settled = () => new Promise<void>(resolve => setImmediate(resolve));

export const credentials = (token: string | null, key: string | null = null) => ({ token, key });

/** Fails unless the box is as it was before anybody came. */
export async function nothingIsLeft({ media, clock, peers, sessions }: PeersRig): Promise<void> {
  await settled();
  assert.is(media.open, 0);
  assert.is(clock.pendingTimers, 0);
  assert.is(peers.size, 0);
  assert.is(sessions.count().connections, 0);
}
