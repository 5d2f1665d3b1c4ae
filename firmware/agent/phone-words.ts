import type { Phone } from '/client/crosspoint.mjs';

/** What the state of a phone is called. */
export const phoneStates: Readonly<Record<Phone['state'], string>> = {
  dialing: 'calling',
  ringing: 'ringing',
  active: 'connected',
  held: 'on hold',
};

/** Whether somebody has answered there. */
export function isAnswered(phone: Phone | null): boolean {
  return phone?.state === 'active' || phone?.state === 'held';
}

/** Hours only where there are some. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const parts = [...(hours > 0 ? [hours, pad(minutes)] : [minutes]), pad(seconds % 60)];
  return parts.join(':');
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
