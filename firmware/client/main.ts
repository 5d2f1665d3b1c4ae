/*
 * The browser SDK: what `OT` is (crosspoint.d.ts says what all of it does).
 */
import { completing, quietly } from './completion.ts';
import type { Completion, Device, OTEvents, PublisherProperties, SessionOptions, Target } from './crosspoint.d.ts';
import { exceptions } from './exceptions.ts';
import { levels } from './log.ts';
import { capture, listDevices } from './media/user-media.ts';
import type { OTError } from './ot-error.ts';
import { Publisher } from './publisher.ts';
import { Session } from './session.ts';
import { browserTimers } from './timers.ts';

export { setApiUrl } from './api-url.ts';
export { getActiveAudioOutputDevice, getAudioOutputDevices, setAudioOutputDevice } from './audio-output.ts';
export { unblockAudio } from './blocked-audio.ts';
export { log, setLogLevel } from './log.ts';

type Handlers = { [Name in keyof OTEvents]?: (event: OTEvents[Name]) => void };

export const { NONE, ERROR, WARN, INFO, LOG, DEBUG } = levels;

/** Put in by the bundler. */
declare const CROSSPOINT_VERSION: string;
export const version: string = CROSSPOINT_VERSION;

export function initSession(_apiKey: string, sessionId: string, options: SessionOptions = {}): Session {
  return new Session(sessionId, options, browserTimers);
}

export function initPublisher(
  target?: Target,
  properties?: PublisherProperties | null | Completion,
  completion?: Completion,
): Publisher {
  const done = typeof properties === 'function' ? properties : completion;
  const publisher = new Publisher(target, typeof properties === 'function' ? null : properties);
  const ready = exceptions.watch(publisher.whenReady(), publisher, 'OT_UNABLE_TO_CAPTURE_MEDIA');
  quietly(completing(ready, done as (error: Error | undefined) => void));
  return publisher;
}

export function on(names: string | Handlers, handler?: object, context?: object): void {
  exceptions.on(names, handler, context);
}

export function once(names: string | Handlers, handler?: object, context?: object): void {
  exceptions.once(names, handler, context);
}

export function off(names?: string | Handlers, handler?: object, context?: object): void {
  exceptions.off(names, handler, context);
}

export function getDevices(completion?: (error: OTError | undefined, devices?: Device[]) => void): Promise<Device[]> {
  return completing(listDevices(), completion);
}

export function getUserMedia(properties: PublisherProperties = {}): Promise<MediaStream> {
  return capture(properties);
}

export function checkSystemRequirements(): 0 | 1 {
  return 'RTCPeerConnection' in globalThis && 'WebSocket' in globalThis && navigator.mediaDevices ? 1 : 0;
}

export function checkScreenSharingCapability(answer: (capability: { readonly supported: false }) => void): void {
  queueMicrotask(() => answer({ supported: false }));
}

export function hasMediaProcessorSupport(): false {
  return false;
}

export function hasEndToEndEncryptionSupport(): false {
  return false;
}

export function upgradeSystemRequirements(): void {
  alert('This page needs a current browser, and an https address, to use your microphone.');
}
