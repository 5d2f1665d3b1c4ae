import type { Device, PublisherProperties } from '../crosspoint.d.ts';
import { OTError, type OTErrorName } from '../ot-error.ts';

const failures: Record<string, [OTErrorName, string]> = {
  NotAllowedError: [
    'OT_USER_MEDIA_ACCESS_DENIED',
    'The user, or the browser, does not let the page have the microphone or camera',
  ],
  SecurityError: ['OT_USER_MEDIA_ACCESS_DENIED', 'The browser does not let this page have the microphone or camera'],
  NotFoundError: ['OT_NO_DEVICES_FOUND', 'There is no microphone or camera'],
  NotReadableError: ['OT_HARDWARE_UNAVAILABLE', 'The microphone or camera is in use by another program'],
  AbortError: ['OT_HARDWARE_UNAVAILABLE', 'The microphone or camera could not be started'],
  OverconstrainedError: ['OT_CONSTRAINTS_NOT_SATISFIED', 'No microphone or camera is as it was asked for'],
};

/** What getUserMedia failed with, in OpenTok's names. */
export function mediaError(error: unknown): OTError {
  const known = error instanceof Error ? failures[error.name] : undefined;
  if (known) return new OTError(known[0], known[1], { cause: error });
  return new OTError('OT_UNABLE_TO_CAPTURE_MEDIA', `No sound or picture could be taken: ${error}`, { cause: error });
}

type Source = PublisherProperties['audioSource'];

/** Null: none of that kind, or a track that is there already. */
export function audioConstraints(properties: PublisherProperties): MediaTrackConstraints | null {
  const { audioSource, disableAudioProcessing } = properties;
  if (!isCaptured(audioSource)) return null;
  const { echoCancellation = true, noiseSuppression = true, autoGainControl = true } = properties;
  const processing = disableAudioProcessing
    ? { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
    : { echoCancellation, noiseSuppression, autoGainControl };
  return { ...deviceOf(audioSource), ...processing };
}

export function videoConstraints(properties: PublisherProperties): MediaTrackConstraints | null {
  const { videoSource, resolution, frameRate, facingMode } = properties;
  if (!isCaptured(videoSource)) return null;
  const [width, height] = (resolution ?? '640x480').split('x').map(Number);
  return {
    ...deviceOf(videoSource),
    ...(width && height ? { width: { ideal: width }, height: { ideal: height } } : {}),
    ...(frameRate ? { frameRate: { ideal: frameRate } } : {}),
    ...(facingMode ? { facingMode } : {}),
  };
}

/**
 * Microphone and camera as the properties say, and the tracks that they bring. Without a camera there is sound alone.
 *
 * @throws OTError
 */
export async function capture(properties: PublisherProperties): Promise<MediaStream> {
  const own = [properties.audioSource, properties.videoSource].filter(source => source instanceof MediaStreamTrack);
  const [audio, video] = [audioConstraints(properties), videoConstraints(properties)];
  if (!audio && !video) return new MediaStream(own);
  const devices = navigator.mediaDevices;
  if (!devices)
    throw new OTError('OT_NOT_SUPPORTED', 'Browsers give the microphone to https pages, and to http://localhost, only');
  try {
    const stream = await devices.getUserMedia({ audio: audio ?? false, video: video ?? false });
    return new MediaStream([...own, ...stream.getTracks()]);
  } catch (error) {
    const hasNoCamera = error instanceof Error && error.name === 'NotFoundError' && audio && video;
    if (hasNoCamera) return capture({ ...properties, videoSource: null });
    throw mediaError(error);
  }
}

/**
 * One other microphone or camera, as the properties say otherwise.
 *
 * @throws OTError
 */
export async function captureTrack(
  kind: 'audio' | 'video',
  source: string | MediaStreamTrack,
  properties: PublisherProperties,
): Promise<MediaStreamTrack> {
  if (source instanceof MediaStreamTrack) return source;
  const none = { audioSource: null, videoSource: null };
  const wanted = kind === 'audio' ? { audioSource: source } : { videoSource: source };
  const [track] = (await capture({ ...properties, ...none, ...wanted })).getTracks();
  if (!track) throw new OTError('OT_NO_DEVICES_FOUND', 'There is no such device');
  return track;
}

/**
 * The device id of the camera behind that one, the first one behind the last.
 *
 * @throws OTError OT_NO_DEVICES_FOUND
 */
export async function nextCamera(deviceId: string | null): Promise<string> {
  const cameras = (await listDevices()).filter(({ kind }) => kind === 'videoInput');
  const next = cameras[(cameras.findIndex(camera => camera.deviceId === deviceId) + 1) % cameras.length];
  if (!next) throw new OTError('OT_NO_DEVICES_FOUND', 'There is no camera');
  return next.deviceId;
}

/** Whether the browser would ask the user. */
export async function willAsk(properties: PublisherProperties): Promise<boolean> {
  const names = [audioConstraints(properties) && 'microphone', videoConstraints(properties) && 'camera'];
  const states = await Promise.all(names.filter(name => name !== null).map(permission));
  return states.includes('prompt');
}

async function permission(name: string): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return 'prompt';
  }
}

export async function listDevices(): Promise<Device[]> {
  const devices = await (navigator.mediaDevices?.enumerateDevices() ?? []);
  return devices.flatMap(({ deviceId, kind, label }): Device[] => {
    if (kind === 'audioinput') return [{ deviceId, label, kind: 'audioInput' }];
    return kind === 'videoinput' ? [{ deviceId, label, kind: 'videoInput' }] : [];
  });
}

function isCaptured(source: Source): source is string | true | undefined {
  return source === undefined || source === true || typeof source === 'string';
}

function deviceOf(source: string | true | undefined): MediaTrackConstraints {
  return typeof source === 'string' ? { deviceId: { exact: source } } : {};
}
