import { createRequire } from 'node:module';

type Callback<T> = (error: Error | null, result: T) => void;

/** The part of the official SDK, which comes without types, that the tests use. */
export interface OpentokSdk {
  createSession(options: Record<string, unknown>, callback: Callback<{ sessionId: string }>): void;
  generateToken(sessionId: string, options?: Record<string, unknown>, t1?: boolean): string;
  dial(
    session: string,
    token: string,
    uri: string,
    options: Record<string, unknown>,
    callback: Callback<SdkCall>,
  ): void;
  forceDisconnect(session: string, connection: string, callback: Callback<void>): void;
  playDTMF(session: string, connection: string | null, digits: string, callback: Callback<void>): void;
  listStreams(session: string, callback: Callback<SdkStream[]>): void;
  forceMuteStream(session: string, stream: string, callback: Callback<void>): void;
  forceMuteAll(session: string, options: Record<string, unknown>, callback: Callback<void>): void;
  disableForceMute(session: string, callback: Callback<void>): void;
  signal(
    session: string,
    connection: string | null,
    payload: { type?: string; data?: string },
    callback: Callback<void>,
  ): void;
  setStreamClassLists(session: string, lists: unknown[], callback: Callback<void>): void;
  startArchive(session: string, options: Record<string, unknown>, callback: Callback<SdkArchive>): void;
  stopArchive(id: string, callback: Callback<SdkArchive>): void;
  getArchive(id: string, callback: Callback<SdkArchive>): void;
  listArchives(
    options: Record<string, unknown>,
    callback: (error: Error | null, items: SdkArchive[], count: number) => void,
  ): void;
  deleteArchive(id: string, callback: Callback<void>): void;
  addArchiveStream(id: string, stream: string, options: Record<string, unknown>, callback: Callback<void>): void;
  removeArchiveStream(id: string, stream: string, callback: Callback<void>): void;
  setArchiveLayout(
    id: string,
    type: string,
    stylesheet: string | null,
    screenshare: string | null,
    callback: Callback<void>,
  ): void;
  registerCallback(options: Record<string, unknown>, callback: Callback<SdkCallback>): void;
  listCallbacks(callback: Callback<SdkCallback[]>): void;
  unregisterCallback(id: string, callback: Callback<void>): void;
  getStream(session: string, stream: string, callback: Callback<SdkStream>): void;
}

export interface SdkCall {
  readonly id: string;
  readonly connectionId: string;
  readonly streamId: string;
}

export interface SdkStream {
  readonly id: string;
  readonly videoType: string;
  readonly name: string;
  readonly layoutClassList: string[];
}

export interface SdkArchive {
  readonly id: string;
  readonly status: string;
  readonly name: string;
  readonly reason: string;
  readonly sessionId: string;
  readonly projectId: string;
  readonly createdAt: number;
  readonly size: number;
  readonly duration: number;
  readonly outputMode: string;
  readonly streamMode: string;
  readonly hasAudio: boolean;
  readonly hasVideo: boolean;
  readonly resolution: string | null;
  readonly url: string | null;
  readonly streams?: readonly { readonly streamId: string }[];
  readonly multiArchiveTag?: string;
  stop(callback: Callback<SdkArchive>): void;
  delete(callback: Callback<void>): void;
}

export interface SdkCallback {
  readonly id: string;
  readonly group: string;
  readonly event: string;
  readonly url: string;
  readonly createdAt: number;
}

type Constructor = new (key: string, secret: string, url?: string) => OpentokSdk;

/** The SDK as it is published. */
export const OpenTok = createRequire(import.meta.url)('opentok') as Constructor;

/** The result of a call with a callback as its last argument. */
export function called<T>(run: (callback: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));
}
