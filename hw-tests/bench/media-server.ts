import type { FarEnd } from './generator.ts';
import type { MediaLoad } from './media-load.ts';

/** A server under the media load: the gateway, or what it is compared with. */
export interface MediaServer {
  readonly name: string;
  /** How --peers calls it. */
  readonly option: string;
  /** Why it cannot be measured on this machine; null when it can. */
  missing(): string | null;
  /** Whether it does at all what this load asks for, and can do it on one core. */
  carries(load: MediaLoad): boolean;
  /** How many of the legs are secured in a secured load, 0–1. */
  readonly securedShare: number;
  /** Starts a fresh process that has no leg yet. */
  open(load: HeldLoad): Promise<OpenMediaServer>;
}

export interface HeldLoad extends MediaLoad, FarEnd {
  /** How long the legs must stay once they are connected. */
  readonly holdS: number;
}

export interface OpenMediaServer {
  /** Processes that carry media: what a leg costs is theirs. */
  readonly mediaPids: readonly number[];
  /** Processes that only control. */
  readonly controlPids: readonly number[];
  /** How long `connect` takes for all legs. */
  readonly connectS: number;
  /**
   * Connects every leg to the generator and appends where it sends to to `map`: lines
   * "LEG localport ip remoteport [key|- [payloadtype]]", the key being the one with which the server sends.
   * @returns why a leg could not be connected, null when all were
   */
  connect(map: string): Promise<string | null>;
  close(): Promise<void>;
}
