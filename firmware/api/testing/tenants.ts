import type { ConnectionId, SessionId, StreamId } from '../../base/ids.ts';
import type { Application } from '../../config/projects.fixture.ts';
import type { OpentokProject, Project } from '../../config/projects.ts';
import type { Client } from '../../sessions/client.ts';
import { CHROMIUM_PUBLISHES, CHROMIUM_SUBSCRIBES } from '../../webrtc/offers.samples.ts';
import { application } from '../voice/application.ts';
import type { VoiceTerms } from '../voice/leader.ts';
import { recordingUrlAt } from '../voice/recording-url.ts';
import { type ApiRig, restAuth } from './api-rig.ts';
import { participantToken } from './participant-token.ts';
import { applicationAuth, applicationToken } from './vonage-sdk.ts';

const TERMS: VoiceTerms = {
  first: null,
  events: null,
  fallback: null,
  from: null,
  to: null,
  recordingUrl: recordingUrlAt('https://box.example.com'),
};

/** Who signs as which tenant. */
export type Signer =
  | { readonly kind: 'opentok'; readonly project: OpentokProject }
  | { readonly kind: 'vonage'; readonly application: Application };

/** A tenant with a session in which a phone and a client are, and what it can sign. */
export interface Tenant {
  readonly project: Project;
  readonly session: SessionId;
  readonly phone: { readonly connection: ConnectionId; readonly stream: StreamId };
  readonly client: { readonly connection: ConnectionId; readonly stream: StreamId };
  /** Of its session, running, with streams that are chosen. */
  readonly archive: string;
  readonly callback: string;
  /** That its script leads. */
  readonly call: string;
  /** Resources of WebRTC peers of its own, once there are some. */
  readonly whip: string;
  readonly whep: string;
  /** Of a request. */
  readonly auth: Readonly<Record<string, string>>;
  /** A moderator's, for any session, right or not. */
  token(session: string): string;
  /** All that somebody else could have changed, as a text. */
  state(): Promise<string>;
}

/** A fresh session of that tenant. */
export async function tenantOf(rig: ApiRig, signer: Signer): Promise<Tenant> {
  const { sessions, clients } = rig;
  const project = signer.kind === 'opentok' ? signer.project : signer.application.project;
  const options = { mediaMode: 'routed', archiveMode: 'manual', location: '' } as const;
  const { id: session } = await sessions.create(project.id, options);
  // A peer is led by the token that made it.
  const tokens = new Map<string, string>();
  const token = (of: string) => {
    const known = tokens.get(of) ?? tokenOf(signer, of);
    tokens.set(of, known);
    return known;
  };
  const phone = sessions.join(project.id, session, '');
  sessions.publish(project.id, session, phone.connectionId);
  const client = clients.enter(project, session, token(session));
  const notices: unknown[] = [];
  client.listen(notice => void notices.push(notice));
  const live = sessions.live(project.id, session);
  const auth = signer.kind === 'opentok' ? restAuth(signer.project) : applicationAuth(signer.application);
  const made = async (what: string, json: unknown) => {
    const { body, text } = await rig.request('POST', `/v2/project/${project.id}/${what}`, { headers: auth, json });
    if (typeof body.id !== 'string') throw new Error(`no ${what}: ${text}`);
    return body.id;
  };
  const listed = (what: string) => rig.request('GET', `/v2/project/${project.id}/${what}`, { headers: auth });
  const stream = publish(client);
  const archive = await made('archive', { sessionId: session, streamMode: 'manual' });
  rig.archives.record(archive, [null]);
  const call = signer.kind === 'vonage' ? rig.scripts.add(application(signer.application.project, TERMS)) : null;
  return {
    project,
    session,
    phone: { connection: phone.connectionId, stream: phone.streamId },
    client: { connection: client.connection, stream },
    archive,
    callback: await made('callback', { group: 'stream', event: 'created', url: 'https://example.com/hook' }),
    call: call?.id ?? 'none',
    whip: 'none',
    whep: 'none',
    auth,
    token,
    state: async () =>
      JSON.stringify({
        members: [...live.connections.values()].map(({ ref, streams }) => [ref.id, [...streams.values()]]),
        muted: live.mutedExcept && [...live.mutedExcept],
        notices,
        asked: rig.asked,
        scripts: rig.scripts.asked,
        archives: (await listed('archive')).body,
        callbacks: (await listed('callback')).body,
      }),
  };
}

/** The same with a publication and a subscription; no more of them a second than of an office. */
export async function withPeers(rig: ApiRig, tenant: Tenant): Promise<Tenant> {
  const { session, token } = tenant;
  const [whip, whep] = [
    await peer(rig, session, 'whip', token(session)),
    await peer(rig, session, 'whep', token(session)),
  ];
  return { ...tenant, whip, whep };
}

function publish(client: Client): StreamId {
  const owner = { muted: () => {}, ended: () => {} };
  return client.publish({ name: '', videoType: null, hasAudio: true, hasVideo: false }, owner).id;
}

/** The id of a publication or subscription. */
async function peer(rig: ApiRig, session: string, kind: 'whip' | 'whep', token: string): Promise<string> {
  const { headers, text } = await rig.request('POST', `/v2/session/${session}/${kind}`, {
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
    body: kind === 'whip' ? CHROMIUM_PUBLISHES : CHROMIUM_SUBSCRIBES,
  });
  const id = headers.get('location')?.split('/').at(-1);
  if (!id) throw new Error(`no ${kind} resource: ${text}`);
  return id;
}

function tokenOf(signer: Signer, session: string): string {
  if (signer.kind === 'opentok') return participantToken(signer.project, session, Date.now(), { role: 'moderator' });
  const claims = { scope: 'session.connect', session_id: session, role: 'moderator' };
  return applicationToken(signer.application, claims);
}
