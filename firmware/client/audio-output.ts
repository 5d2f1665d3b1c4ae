import type { AudioOutputDevice } from './crosspoint.d.ts';
import { OTError } from './ot-error.ts';

/** What plays sound and can be sent to another device; not every browser knows that. */
export interface Player {
  setSinkId?: (deviceId: string) => Promise<void>;
}

const players = new Set<Player>();
let chosen = '';

/** From now on it follows the choice of the page. @returns ends that */
export function followAudioOutput(player: Player): () => void {
  players.add(player);
  if (chosen !== '') player.setSinkId?.(chosen).catch(() => {});
  return () => void players.delete(player);
}

export async function getAudioOutputDevices(): Promise<AudioOutputDevice[]> {
  const devices = await (navigator.mediaDevices?.enumerateDevices() ?? []);
  return devices
    .filter(({ kind }) => kind === 'audiooutput')
    .map(({ deviceId, label }) => ({ deviceId, label: label || null }));
}

export async function getActiveAudioOutputDevice(): Promise<AudioOutputDevice> {
  const devices = await getAudioOutputDevices();
  const usual = { deviceId: chosen || 'default', label: null };
  return devices.find(({ deviceId }) => deviceId === usual.deviceId) ?? usual;
}

/** Rejects with OT_NOT_SUPPORTED where the browser decides itself, and OT_INVALID_PARAMETER for an unknown device. */
export async function setAudioOutputDevice(deviceId: string): Promise<void> {
  if (!('setSinkId' in HTMLMediaElement.prototype))
    throw new OTError('OT_NOT_SUPPORTED', 'This browser lets no page choose where sound comes out');
  const devices = await getAudioOutputDevices();
  if (!devices.some(each => each.deviceId === deviceId))
    throw new OTError('OT_INVALID_PARAMETER', 'There is no audio output device of that id');
  chosen = deviceId;
  await Promise.all([...players].map(player => player.setSinkId?.(deviceId)));
}
