import type { ConnectionId } from '../base/ids.ts';
import type { Project } from '../config/projects.ts';
import type { Clients } from '../sessions/clients.ts';
import type { Session } from '../sessions/session.ts';
import type { CallControl } from './ports.ts';

/**
 * Takes somebody out of a session: a client, or the call of a phone. Resolves when that is recorded.
 * @throws CrosspointError call.unknown
 */
export async function forceDisconnect(
  { clients, calls }: { readonly clients: Clients; readonly calls: Pick<CallControl, 'hangup'> },
  project: Pick<Project, 'id'>,
  session: Session,
  connection: ConnectionId,
): Promise<void> {
  const client = clients.withConnection(session.id, connection);
  if (client) await clients.forceDisconnect(client);
  else await calls.hangup(project, session.id, connection);
}
