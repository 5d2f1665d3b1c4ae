/** The part of gstreamer-superficial 1.7.4 that we use; the package has no types of its own. */
declare module 'gstreamer-superficial' {
  export interface Element {
    [property: string]: unknown;
  }
  export interface BusMessage {
    readonly type: string;
    /** The field of our own `interconnect-event` messages. */
    readonly json?: string;
    readonly [field: string]: unknown;
  }
  export class Pipeline {
    constructor(launch: string);
    play(): void;
    stop(): void;
    findChild(name: string): Element | null;
    /** Holds one libuv thread until `stop()` is called from inside the callback. */
    pollBus(callback: (message: BusMessage) => void): void;
  }
}
