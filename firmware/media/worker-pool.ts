import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LegFlow, LegQuality, Load } from '../../pipelines/protocol/figures.ts';
import type { Endpoint } from '../../pipelines/protocol/leg-media.ts';
import type { Clock } from '../base/clock.ts';
import { CrosspointError, isCrosspointError } from '../base/errors.ts';
import { type LegId, newId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { WorkerEvent } from './channel.ts';
import { everyLeg } from './every-leg.ts';
import { Homes } from './homes.ts';
import type {
  IceAddress,
  IceLeg,
  IceMedia,
  LegAddress,
  LegConfig,
  LegListener,
  Media,
  MediaFigures,
  MediaLeg,
  MediaRecorder,
  MediaRecordingListener,
  Recorded,
  RecordingTerms,
} from './media.ts';
import { Players } from './players.ts';
import { PortPool } from './ports.ts';
import { type IceListening, WorkerIceLeg } from './worker-ice-leg.ts';
import { WorkerLeg, type WorkerLegOptions } from './worker-leg.ts';
import { WorkerRecordings } from './worker-recordings.ts';
import { WorkerSlot } from './worker-slot.ts';

/** Ports that another program holds are skipped; so many in a row mean that the range is not ours. */
const PORT_TRIES = 20;
/** sun_path holds 108 bytes with the final zero (unix(7)). */
const MAX_SOCKET_DIR = 80;

/** Events of legs. */
type LegEvent = Extract<WorkerEvent, { event: `leg.${string}` }>;

export interface WorkerPoolOptions {
  readonly workers: number;
  /** The local address that legs bind to. */
  readonly host: string;
  /** What SDP says instead, behind a 1:1 NAT. */
  readonly advertise: string | undefined;
  readonly ports: readonly [number, number];
  /** Whether two of one codec that are alone in a session are sent each other's packets as they come. */
  readonly forwardPairs?: boolean;
  readonly stateDir: string;
  /** Where legs that are reached by ICE are; absent: there are none. */
  readonly ice?: IceListening | undefined;
  /** The folder for recordings, an absolute path; null: none are made. */
  readonly recordings: string | null;
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** The box's media workers as one: opens legs, keeps together what hears each other, ends what a dead worker held. */
export class WorkerPool implements Media, IceMedia, MediaFigures, MediaRecorder {
  readonly #options: WorkerPoolOptions;
  readonly #ports: PortPool;
  readonly #slots: WorkerSlot[];
  readonly #legs = new Map<LegId, WorkerLeg>();
  readonly #players = new Players();
  readonly #homes = new Homes();
  readonly #recordings: WorkerRecordings;
  #hasToldOfPort = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#ports = new PortPool(options.ports);
    this.#recordings = new WorkerRecordings(options.recordings, this.#homes);
    const runDir = socketDir(options.stateDir);
    const certificate = path.resolve(options.stateDir, 'dtls.pem');
    this.#slots = Array.from({ length: options.workers }, (_, index): WorkerSlot => {
      const slot: WorkerSlot = new WorkerSlot(
        {
          index,
          runDir,
          certificate,
          recordings: options.recordings,
          bootId: options.bootId,
          clock: options.clock,
          log: options.log,
        },
        { event: event => this.#event(event), down: () => this.#lost(slot) },
      );
      return slot;
    });
  }

  async start(): Promise<void> {
    mkdirSync(socketDir(this.#options.stateDir), { recursive: true, mode: 0o700 });
    await Promise.all(this.#slots.map(slot => slot.start()));
  }

  get ready(): boolean {
    return this.#slots.some(slot => slot.channel !== null);
  }

  get openLegs(): number {
    return this.#legs.size;
  }

  get freePorts(): number {
    return this.#ports.free;
  }

  /** Process ids of the workers that are up. */
  get pids(): number[] {
    return this.#slots.flatMap(slot => slot.pid ?? []);
  }

  /** How often a worker was lost since the start. */
  get deaths(): number {
    return this.#slots.reduce((sum, { deaths }) => sum + deaths, 0);
  }

  async load(): Promise<(Load | null)[]> {
    return this.#slots.map(slot => slot.load);
  }

  quality(): Promise<ReadonlyMap<LegId, LegQuality>> {
    return everyLeg('legs.quality', this.#channels());
  }

  flow(): Promise<ReadonlyMap<LegId, LegFlow>> {
    return everyLeg('legs.flow', this.#channels());
  }

  #channels() {
    return this.#slots.flatMap(({ channel }) => channel ?? []);
  }

  async openLeg(
    placement: string | null,
    listener: LegListener,
    configure?: (local: LegAddress) => LegConfig,
  ): Promise<MediaLeg> {
    for (let tries = 0; tries < PORT_TRIES; tries++) {
      const slot = this.#slotFor(placement);
      const pair = this.#ports.take(this.#options.clock.monotonic());
      if (pair === undefined) {
        throw new CrosspointError('media.no-port', 'every media port is in use; widen media.ports', {
          retriable: true,
        });
      }
      const { rtpPort, former } = pair;
      const leg = new WorkerLeg({
        id: newId<LegId>(),
        placement,
        slot,
        local: {
          address: this.#options.advertise ?? this.#options.host,
          rtpPort,
          rtcpPort: rtpPort + 1,
          ...(slot.fingerprint && { fingerprint: slot.fingerprint }),
        },
        listener,
        players: this.#players,
        forwardPairs: this.#options.forwardPairs ?? false,
        visit: this.#visit,
        release: () => {
          if (this.#release(leg)) this.#ports.giveBack(rtpPort, leg.peer, this.#options.clock.monotonic());
        },
      });
      this.#adopt(leg);
      try {
        const { host } = this.#options;
        await leg.open({ host, rtpPort, rtcpPort: rtpPort + 1 }, former, configure?.(leg.local) ?? {});
        return leg;
      } catch (error) {
        leg.abandon();
        if (!isCrosspointError(error) || error.code !== 'media.port-in-use') throw error;
        this.#options.log.warn({ port: rtpPort }, 'a media port is held by another program; taking the next one');
      }
    }
    throw new CrosspointError('media.no-port', 'the ports of media.ports are held by other programs');
  }

  /** Where its TCP port is another program's, over UDP alone: better than nothing. */
  async openIceLeg(
    placement: string | null,
    listener: LegListener,
    configure: (ice: IceAddress) => LegConfig,
  ): Promise<IceLeg> {
    const listening = this.#options.ice;
    try {
      return await this.#openIceLeg(placement, listener, configure, listening);
    } catch (error) {
      if (!isCrosspointError(error) || error.code !== 'media.port-in-use') throw error;
      const leg =
        listening?.tcpPort === undefined
          ? null
          : await this.#openIceLeg(placement, listener, configure, { ...listening, tcpPort: undefined }).catch(
              () => null,
            );
      const advice = leg
        ? 'browsers are reached over UDP alone: set webrtc.tcpPort to a port that is free, or to 0'
        : 'no browser can be reached: set webrtc.port to a port that is free';
      if (!this.#hasToldOfPort) this.#options.log[leg ? 'warn' : 'error']({ problem: error.message }, advice);
      this.#hasToldOfPort = true;
      if (!leg) throw error;
      return leg;
    }
  }

  async #openIceLeg(
    placement: string | null,
    listener: LegListener,
    configure: (ice: IceAddress) => LegConfig,
    listening: IceListening | undefined,
  ): Promise<IceLeg> {
    const slot = this.#slotFor(placement);
    const leg: WorkerIceLeg = new WorkerIceLeg({
      id: newId<LegId>(),
      placement,
      slot,
      listening,
      listener,
      players: this.#players,
      // A client is heard by others than the one phone, in streams of their own.
      forwardPairs: false,
      visit: this.#visit,
      release: () => void this.#release(leg),
    });
    this.#adopt(leg);
    try {
      await leg.openByIce(configure(leg.ice));
      return leg;
    } catch (error) {
      leg.abandon();
      throw error;
    }
  }

  #slotFor(placement: string | null): WorkerSlot {
    const home = placement === null ? null : this.#homes.slotOf(placement);
    if (home?.channel) return home;
    const up = this.#slots.filter(slot => slot.channel !== null);
    const least = up.sort((a, b) => (a.load?.busyRatio ?? 0) - (b.load?.busyRatio ?? 0))[0];
    if (!least)
      throw new CrosspointError('media.worker-lost', 'no media worker is running; one is being started', {
        retriable: true,
      });
    return least;
  }

  #adopt(leg: WorkerLeg): void {
    this.#legs.set(leg.id, leg);
    if (leg.placement !== null) this.#homes.settle(leg.placement, leg.slot);
  }

  readonly #visit: WorkerLegOptions['visit'] = (slot, session, former) => this.#homes.visit(slot, session, former);

  #release(leg: WorkerLeg): boolean {
    if (!this.#legs.delete(leg.id)) return false;
    if (leg.placement !== null) this.#homes.unsettle(leg.placement);
    return true;
  }

  async startRecording(
    recording: string,
    what: Recorded,
    terms: RecordingTerms,
    listener: MediaRecordingListener,
  ): Promise<void> {
    const slot = 'leg' in what ? this.#legs.get(what.leg)?.slot : this.#slotFor(what.session);
    await this.#recordings.start(slot, recording, what, terms, listener);
  }

  async stopRecording(recording: string): Promise<void> {
    await this.#recordings.stop(recording);
  }

  async chooseRecorded(recording: string, legs: readonly LegId[]): Promise<void> {
    await this.#recordings.choose(recording, legs);
  }

  #event(told: WorkerEvent): void {
    switch (told.event) {
      case 'player.started':
        this.#players.started(told.params.player);
        break;
      case 'player.ended':
        this.#players.ended(told.params);
        break;
      case 'recording.started':
      case 'recording.file-started':
      case 'recording.ended':
        this.#recordings.told(told);
        break;
      default:
        this.#legEvent(told);
    }
  }

  #legEvent({ event, params }: LegEvent): void {
    const leg = this.#legs.get(params.leg as LegId);
    if (!leg) return; // it was closed while the event was on its way
    switch (event) {
      case 'leg.rtp-started':
        leg.listener.rtpStarted?.(params.from as Endpoint);
        break;
      case 'leg.digit':
        leg.listener.digit?.({ digit: params.digit, durationMs: params.durationMs, source: params.source });
        break;
      case 'leg.digits-sent':
        leg.listener.digitsSent?.();
        break;
      case 'leg.failed':
        this.#options.log.warn({ leg: leg.id, code: params.code, problem: params.message }, 'a media leg failed');
        leg.fail({
          code: params.code.startsWith('media.dtls-') ? 'media.dtls-failed' : 'media.leg-failed',
          message: params.message,
        });
        break;
      case 'leg.secured':
        this.#options.log.debug({ leg: leg.id, suite: params.suite }, 'a media leg is secured by DTLS');
        leg.listener.secured?.();
        break;
      case 'leg.dtls-closed':
        leg.listener.dtlsClosed?.();
        break;
      case 'leg.ice':
        leg.listener.iceChanged?.({ state: params.state, remote: params.remote });
        break;
      default:
        event satisfies never;
    }
  }

  #lost(slot: WorkerSlot): void {
    this.#players.lost();
    for (const leg of [...this.#legs.values()]) {
      if (leg.slot === slot) leg.fail({ code: 'media.worker-lost', message: 'the media worker ended' });
    }
    this.#recordings.lost(slot);
  }

  async close(): Promise<void> {
    await Promise.all(this.#slots.map(slot => slot.close()));
  }
}

/** Sockets and logs of the workers live in the state directory unless its path is too long for a socket. */
function socketDir(stateDir: string): string {
  const inState = path.resolve(stateDir, 'run');
  if (inState.length <= MAX_SOCKET_DIR) return inState;
  const digest = createHash('sha256').update(inState).digest('hex').slice(0, 16);
  return path.join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), `crosspoint-${digest}`);
}
