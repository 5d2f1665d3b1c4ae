import { EventClient } from '../../firmware/api/testing/event-client.ts';
import type { Rig } from '../rig/rig.ts';

/** A client that has entered, until the end of the test. @param url where the box is reached, by default directly */
export async function enter(
  rig: Rig,
  session: string,
  options: Record<string, unknown> = {},
  url = rig.box.facts.http,
): Promise<EventClient> {
  const client = await EventClient.entered(url, session, rig.box.application.token(session, options));
  rig.keep({ close: () => client.socket.terminate() });
  return client;
}

/** One that comes back. */
export async function resume(
  rig: Rig,
  session: string,
  key: string,
  last: number,
  url = rig.box.facts.http,
): Promise<EventClient> {
  const client = await EventClient.resumed(url, session, key, last);
  rig.keep({ close: () => client.socket.terminate() });
  return client;
}

export const connectionOf = (client: EventClient): string => String(client.told[0]?.connection.id);
export const keyOf = (client: EventClient): string => String(client.told[0]?.key);
