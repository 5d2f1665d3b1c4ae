/** What is called when set-ups are measured. */
export interface SetupServer {
  readonly name: string;
  /** Calls a second, one after the other. */
  readonly rates: readonly number[];
  start(): Promise<{
    /** SIP over UDP, host:port. */
    readonly address: string;
    readonly pids: readonly number[];
    stop(): Promise<void>;
  }>;
}
