import type { Crowd, Speech } from './crowd.ts';

/** A WebRTC server under load: the gateway, or what it is compared with. */
export interface WebrtcServer {
  readonly name: string;
  /** Why it cannot be measured on this machine; null when it can. */
  missing(): string | null;
  /** Starts a fresh process that has no room yet. */
  open(crowd: Crowd): Promise<OpenWebrtcServer>;
}

export interface OpenWebrtcServer {
  /** Processes that carry media: what a connection costs is theirs. */
  readonly mediaPids: readonly number[];
  /** Processes that only control. */
  readonly controlPids: readonly number[];
  room(): Promise<WebrtcRoom>;
  close(): Promise<void>;
}

/** What somebody listens for. */
export interface Ear {
  readonly hz: number;
  /** The end whose bursts are timed. */
  readonly of?: number;
}

/** Who is in a room by the numbers of their ends, which may be one. */
export interface Member {
  /** Its voice. */
  readonly speaks: number;
  /** What it hears. */
  readonly hears: number;
}

export interface Published {
  readonly end: number;
  /** As the server calls it. */
  readonly stream: string | number;
}

export interface Newcomer {
  readonly ear?: Ear;
  /** From its first packet on. */
  readonly says?: Speech;
}

/** A room of a server. Null stands for what the server has nothing for. */
export interface WebrtcRoom {
  /**
   * A browser that says something and hears the mix of the room.
   * @returns has it join: all that a page has before is there by then
   */
  readonly browser: ((newcomer: Newcomer) => Promise<() => Promise<Member>>) | null;
  /** A phone (G.711) that does the same. */
  readonly phone: ((newcomer: Newcomer) => Promise<Member>) | null;
  /** A browser that says, or shows, something which is sent on as it is to whoever wants it. */
  readonly publish: ((kind: MediaKind) => Promise<Published>) | null;
  /** @returns its end */
  readonly subscribe: ((published: Published, kind: MediaKind) => Promise<number>) | null;
}

export type MediaKind = 'audio' | 'video';

/** Of a camera. */
export const VIDEO_BITRATE = 1_000_000;
/** What each viewer says that it can take: more. */
export const VIEWER_BITRATE = 5_000_000;
