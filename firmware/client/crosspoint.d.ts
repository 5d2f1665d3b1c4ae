/**
 * The browser SDK of Crosspoint. Its API is the one that OpenTok.js documents; what is ours alone says so.
 *
 * `<script src="https://BOX/client/crosspoint.js">` defines `OT`; `import * as OT from 'https://BOX/client/crosspoint.mjs'`
 * is the same as a module. Whatever takes a completion handler returns a promise too, unless it has something else to return.
 */
import type { Event, Handler } from './crosspoint-events.d.ts';
import type { Publisher, PublisherProperties } from './crosspoint-media.d.ts';
import type { Session } from './crosspoint-session.d.ts';

export as namespace OT;
export type * from './crosspoint-events.d.ts';
export type * from './crosspoint-media.d.ts';
export type * from './crosspoint-session.d.ts';

/** Called with nothing when all went well. */
export type Completion = (error?: OTError) => void;
/** What went wrong: `name` begins with OT_ and is what to compare with. */
export interface OTError extends Error {
  readonly name: string;
  /** Deprecated by OpenTok, and kept. */
  readonly code: number;
}

// ---- OT --------------------------------------------------------------------------------------------------------------

/** Does not connect yet. */
export function initSession(apiKey: string, sessionId: string, options?: SessionOptions): Session;
/** Asks for the microphone (and camera) at once; `session.publish` sends it. */
export function initPublisher(
  target?: Target,
  properties?: PublisherProperties | null,
  completion?: Completion,
): Publisher;
export function getDevices(completion?: (error: OTError | undefined, devices?: Device[]) => void): Promise<Device[]>;
export function getUserMedia(properties?: PublisherProperties): Promise<MediaStream>;
/** 1 when this browser can take part, 0 when it cannot. */
export function checkSystemRequirements(): 0 | 1;
export function upgradeSystemRequirements(): void;
/** No, as pages ask before they use what this SDK has not. */
export function checkScreenSharingCapability(answer: (capability: { readonly supported: false }) => void): void;
export function hasMediaProcessorSupport(): false;
export function hasEndToEndEncryptionSupport(): false;
export function log(message: string): void;
/** One of NONE, ERROR, WARN, INFO, LOG, DEBUG. */
export function setLogLevel(level: number): void;
export function getAudioOutputDevices(): Promise<AudioOutputDevice[]>;
export function getActiveAudioOutputDevice(): Promise<AudioOutputDevice>;
/** Where all subscribers of this page are heard. Rejects with OT_NOT_SUPPORTED where the browser lets no page choose. */
export function setAudioOutputDevice(deviceId: string): Promise<void>;
/** After a click of the user: what the browser kept silent is heard. */
export function unblockAudio(): Promise<void>;
export const NONE: 0;
export const ERROR: 1;
export const WARN: 2;
export const INFO: 3;
export const LOG: 4;
export const DEBUG: 5;
export const version: string;
/** Those of SessionOptions that are the same for all sessions of the page. Ours. */
export function setApiUrl(url: string): void;

/** `exception`: whatever has gone wrong on this page, beside the completion handler that is told of it. */
export function on(name: 'exception', handler: Handler<ExceptionEvent>, context?: object): void;
export function on(handlers: { exception?: Handler<ExceptionEvent> }, context?: object): void;
export function once(name: 'exception', handler: Handler<ExceptionEvent>, context?: object): void;
export function once(handlers: { exception?: Handler<ExceptionEvent> }, context?: object): void;
export function off(name?: 'exception', handler?: Handler<ExceptionEvent>, context?: object): void;
export function off(handlers: { exception?: Handler<ExceptionEvent> }, context?: object): void;

export interface OTEvents {
  exception: ExceptionEvent;
}

/** Its target is the session, publisher or subscriber that it happened to. */
export interface ExceptionEvent extends Event<'exception', object> {
  /** As of OTError. */
  readonly code: number;
  readonly title: string;
  readonly message: string;
}

/** An element or the id of one; without: at the end of the page. */
export type Target = string | HTMLElement | null;

export interface SessionOptions {
  /** Where the box is, e.g. https://box.example:8080. Default: where this script came from. Ours. */
  readonly apiUrl?: string;
}

export interface AudioOutputDevice {
  readonly deviceId: string;
  /** Null until the user has let the page have a device. */
  readonly label: string | null;
}

export interface Device {
  readonly deviceId: string;
  readonly kind: 'audioInput' | 'videoInput';
  /** Empty until the user has let the page have a device. */
  readonly label: string;
}
