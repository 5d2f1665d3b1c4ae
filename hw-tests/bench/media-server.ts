/** A conference server under the media load: the gateway, or what it is compared with. */
export interface MediaServer {
  readonly name: string;
  /** Starts a fresh process that has no leg yet. */
  open(load: MediaLoad): Promise<OpenMediaServer>;
}

export interface MediaLoad {
  readonly legs: number;
  readonly roomSize: number;
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
   * Connects every leg to the generator and appends where it sends to (lines "LEG localport ip remoteport") to `map`.
   * @returns why a leg could not be connected, null when all were
   */
  connect(map: string): Promise<string | null>;
  close(): Promise<void>;
}
