import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';
import type { LegFlow, LegQuality, LegStats, Load } from '../../pipelines/protocol/figures.ts';
import type { IceCredentials } from '../../pipelines/protocol/ice.ts';
import type { Endpoint, LegUpdate } from '../../pipelines/protocol/leg-media.ts';
import type { RecordedFile, RecordingEnded, RecordingStart } from '../../pipelines/protocol/recording.ts';
import type { EventParams } from '../../pipelines/protocol.ts';
import type { LegId, SessionId } from '../base/ids.ts';
import type { Play, Playing } from './players.ts';

/** Why a leg stopped working without being closed by its owner. */
export interface LegLoss {
  readonly code: 'media.worker-lost' | 'media.leg-failed' | 'media.dtls-failed';
  readonly message: string;
}

export type MediaDigit = Omit<EventParams<'leg.digit'>, 'leg'>;

export interface LegListener {
  /** A digit has ended; one that came as an event and as tones is told twice. */
  digit?(digit: MediaDigit): void;
  rtpStarted?(from: Endpoint): void;
  digitsSent?(): void;
  /** The far end's DTLS handshake is done: media flows from now on. */
  secured?(): void;
  /** The far end has ended its DTLS in order. */
  dtlsClosed?(): void;
  /** Of a leg that is reached by ICE. */
  iceChanged?(change: Omit<EventParams<'leg.ice'>, 'leg'>): void;
  /** Called at most once; afterwards the leg is closed. */
  lost?(loss: LegLoss): void;
}

/** Where the far end sends to, and whom it finds there: what SDP says (the advertised address). */
export interface LegAddress {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** Of our certificate for DTLS-SRTP; absent where that cannot be had. */
  readonly fingerprint?: Fingerprint;
}

/** A host candidate of ours (RFC 8839 §5.1); over TCP we wait to be connected to (RFC 6544). */
export interface IceCandidate extends Endpoint {
  readonly transport: 'udp' | 'tcp';
}

/** Where the far end of a leg without ports of its own reaches us, and by what its checks are known. */
export interface IceAddress {
  /** Best first. */
  readonly candidates: readonly IceCandidate[];
  /** The password is a secret between us and the far end. */
  readonly credentials: IceCredentials;
  readonly fingerprint: Fingerprint;
}

export type LegConfig = Omit<LegUpdate, 'leg'>;

/** How digits are sent; what is absent is 100 ms. */
export interface DigitTiming {
  /** 40–5000. A digit that is carried across a bridge keeps the length that it came with. */
  readonly digitMs?: number;
  /** 40–5000. */
  readonly gapMs?: number;
}

/** And in which way; default rfc4733. */
export interface SentDigits extends DigitTiming {
  readonly way?: 'rfc4733' | 'inband';
}

/** One media endpoint on the box. Every method rejects with a CrosspointError of layer media. */
export interface MediaLeg {
  readonly id: LegId;
  readonly local: LegAddress;
  update(change: LegConfig): Promise<void>;
  /** @throws CrosspointError media.no-telephone-event, media.no-tones */
  sendDigits(digits: string, how?: SentDigits): Promise<{ queuedMs: number }>;
  /** Plays something to its far end alone, or to everybody of the session that it is in. */
  play(play: Play, session: SessionId | null): Promise<Playing>;
  /**
   * It is to be in that session beside its placement, until it is to be in another, or in none (null).
   * @returns false: the session lies on another worker, and the leg cannot be in it
   */
  visit(session: SessionId | null): boolean;
  stats(): Promise<LegStats>;
  /** Frees the ports; the last figures, or null when the worker is gone. Calling it again gives the same. */
  close(): Promise<LegStats | null>;
}

/** A leg that is reached by ICE, through the port that it shares with others. */
export interface IceLeg extends MediaLeg {
  readonly ice: IceAddress;
  /** Of what it sends. */
  readonly ssrc: number;
  /** New credentials for an ICE restart; `ice` has them when it resolves. */
  restartIce(): Promise<void>;
}

/** The figures of every leg of the box at once; legs of a worker that does not answer are missing. */
export interface MediaFigures {
  /** Begins a new interval of each leg. */
  quality(): Promise<ReadonlyMap<LegId, LegQuality>>;
  /** Whether media runs, at this moment. */
  flow(): Promise<ReadonlyMap<LegId, LegFlow>>;
}

/** What is told of a recording. */
export interface MediaRecordingListener {
  started(): void;
  /** @param file without a length yet */
  fileStarted(file: Pick<RecordedFile, 'path' | 'leg' | 'offsetMs'>): void;
  /** Called once, at last: null when the worker died, and left what it had written by then. */
  ended(how: Omit<RecordingEnded, 'recording'> | null): void;
}

export type RecordingTerms = Pick<RecordingStart, 'mode' | 'format' | 'sampleRate' | 'legs' | 'channels'>;

/** What is said in a session, or what a leg says and hears, in whichever session it is, until it is closed. */
export type Recorded = { readonly session: SessionId } | { readonly leg: LegId };

export interface MediaRecorder {
  /**
   * Records into the folder `recording` of the directory for recordings.
   * Rejects with a CrosspointError of layer media; the listener is told of all that comes after.
   */
  startRecording(
    recording: string,
    what: Recorded,
    terms: RecordingTerms,
    listener: MediaRecordingListener,
  ): Promise<void>;
  /** Its end is the listener's to hear. Without effect for one that has ended. */
  stopRecording(recording: string): Promise<void>;
  /** From now on it is of these legs alone, there or not; at most 64. Without effect on one that has ended. */
  chooseRecorded(recording: string, legs: readonly LegId[]): Promise<void>;
}

export interface Media {
  /**
   * Opens a leg. `configure` gives what the leg starts with once its ports are known; without it the leg only holds
   * them.
   * @param placement legs of one placement come to lie on one worker, so that they can be in one session or hear each
   *   other: the id of a session or of a bridge; null for a leg that stays by itself
   */
  openLeg(
    placement: string | null,
    listener: LegListener,
    configure?: (local: LegAddress) => LegConfig,
  ): Promise<MediaLeg>;
  readonly ready: boolean;
  /** A figure per worker; null for one that is down. */
  load(): Promise<(Load | null)[]>;
}

/** Legs of far ends that speak ICE. */
export interface IceMedia {
  /**
   * Opens a leg that is reached by ICE, secured by DTLS.
   * @param placement as of `Media.openLeg`
   * Rejects with a CrosspointError of layer media: media.no-ice, media.port-in-use beside the others.
   */
  openIceLeg(
    placement: string | null,
    listener: LegListener,
    configure: (ice: IceAddress) => LegConfig,
  ): Promise<IceLeg>;
}
