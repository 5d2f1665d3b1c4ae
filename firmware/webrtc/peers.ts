import { randomInt } from 'node:crypto';
import type { LegQuality } from '../../pipelines/protocol/figures.ts';
import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { LegId, SessionId, StreamId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { IceLeg, IceMedia } from '../media/media.ts';
import { capabilitiesOf } from '../sessions/capabilities.ts';
import type { Client, Clients, StreamDescription } from '../sessions/clients.ts';
import type { ConnectionEndReason } from '../sessions/events.ts';
import type { Session } from '../sessions/session.ts';
import { verifyParticipantToken } from '../sessions/token.ts';
import { type Credentials, PeerCredential } from './credentials.ts';
import { OwnLegs } from './own-legs.ts';
import { Peer, type PeerListener } from './peer.ts';
import { makePeerAnswer, type SentTrack } from './peer-answer.ts';
import { PeerBook, type PeerLimits } from './peer-book.ts';
import { type PeerOffer, type PeerRole, readPeerOffer } from './peer-offer.ts';
import { peerTerms } from './peer-terms.ts';
import { Publication, type PublicationParts } from './publication.ts';
import type { StreamSource, StreamSources } from './stream-source.ts';
import { Subscription } from './subscription.ts';

export interface PeersOptions {
  readonly media: IceMedia;
  readonly clients: Clients;
  /** Streams of phones. */
  readonly phones: StreamSources;
  readonly pressed: PublicationParts['pressed'];
  readonly limits: PeerLimits;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who asks for a peer, and where. */
export interface PeerRequest {
  /** As in the path. */
  readonly session: string;
  readonly credentials: Credentials;
  /** SDP. */
  readonly offer: string;
}

export interface OpenedPeer {
  readonly peer: Peer;
  /** SDP. */
  readonly answer: string;
  /** Of a publication; it is announced once its media is secured. */
  readonly stream: StreamId | null;
}

interface Entry {
  readonly peer: Peer;
  readonly role: PeerRole;
  readonly credential: PeerCredential;
  readonly publication: Publication | null;
}

/** Every WebRTC peer of the box: what clients publish (WHIP) and what they subscribe to (WHEP). */
export class Peers {
  readonly #options: PeersOptions;
  readonly #book: PeerBook<Entry>;
  readonly #ownLegs = new OwnLegs();

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#book = new PeerBook(options.limits);
  }

  get size(): number {
    return this.#book.size;
  }

  /**
   * @throws CrosspointError session.…, sdp.…, media.…, http.token-missing, http.token-refused
   */
  async publish(request: PeerRequest, described: Pick<StreamDescription, 'name' | 'videoType'>): Promise<OpenedPeer> {
    const { peer, credential, offer } = this.#enter(request, 'publisher');
    const { pressed, clock, log } = this.#options;
    const publication = new Publication({
      peer,
      described: { ...described, hasAudio: true, hasVideo: false },
      ownLegs: this.#ownLegs,
      pressed,
      clock,
      log,
    });
    const entry: Entry = { peer, role: 'publisher', credential, publication };
    const leg = await this.#open(entry, offer, publication, () => publication.terms);
    return { peer, answer: this.#answer(leg, offer, 'publisher', null), stream: publication.id };
  }

  /**
   * @param stream null: the mix of the session
   * @throws CrosspointError as `publish`, and session.stream-unknown
   */
  async subscribe(request: PeerRequest, stream: string | null): Promise<OpenedPeer> {
    const { peer, credential, offer, source } = this.#enter(request, 'subscriber', stream);
    const subscription = new Subscription(peer, source, this.#ownLegs);
    const entry: Entry = { peer, role: 'subscriber', credential, publication: null };
    const leg = await this.#open(entry, offer, subscription, () => ({ hears: subscription.hears }));
    subscription.follow();
    const track = { ssrc: leg.ssrc, stream: stream ?? 'mix' };
    return { peer, answer: this.#answer(leg, offer, 'subscriber', track), stream: null };
  }

  /**
   * The peer of a resource.
   * @throws CrosspointError session.peer-unknown, http.token-missing, http.token-refused (it is somebody else's)
   */
  get(session: string, role: PeerRole, id: string, credentials: Credentials): Peer {
    if (credentials.token === null && credentials.key === null) throw tokenMissing();
    const entry = this.#book.get(id);
    if (!entry || entry.role !== role || entry.peer.client.session.id !== session)
      throw new CrosspointError('session.peer-unknown', 'There is no such WebRTC peer');
    if (!entry.credential.isThatOf(credentials))
      throw new CrosspointError('session.peer-foreign', 'The WebRTC peer was made with another credential');
    return entry.peer;
  }

  /** Whose leg that is; null when nobody publishes through it. */
  publisherWith(leg: LegId): { readonly connection: Client['connection']; readonly stream: StreamId } | null {
    for (const { peer, publication } of this.#book.all())
      if (publication?.live && publication.leg === leg)
        return { connection: peer.client.connection, stream: publication.id };
    return null;
  }

  /** The figures of an interval that has ended, by the leg. */
  measured(figures: ReadonlyMap<LegId, LegQuality>): void {
    for (const { publication } of this.#book.all()) {
      const quality = publication?.live && figures.get(publication.leg);
      if (quality) publication.measured(quality);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#book.all().map(({ peer }) => peer.close('networkDisconnected')));
  }

  /** All that can be refused is, before the client is seen to enter the session. */
  #enter({ session: id, credentials, offer: text }: PeerRequest, role: PeerRole, stream: string | null = null) {
    const { clients, clock, log } = this.#options;
    const project = clients.projectOf(id);
    const session = id as SessionId;
    const known = credentials.key === null ? null : clients.withKey(session, credentials.key);
    const capabilities =
      known?.capabilities ??
      tokenRefusals(() => {
        if (credentials.token === null) throw tokenMissing();
        const participant = verifyParticipantToken(credentials.token, project, session, clock.now());
        return capabilitiesOf(participant.role, false);
      });
    if (role === 'publisher' && !capabilities.publish)
      throw new CrosspointError('session.may-not-publish', 'The role of the token does not publish');
    if (role === 'subscriber' && !capabilities.subscribe)
      throw new CrosspointError('session.may-not-subscribe', 'The role of the token does not subscribe');
    const offer = readPeerOffer(text, role);
    this.#book.checkRoom(session, known);
    const source = stream === null ? null : this.#source({ project: project.id, id: session }, stream);
    const client = known ?? clients.enter(project, session, credentials.token ?? '');
    const peer = new Peer({ client, alone: known === null, offer, clock, log });
    return { peer, credential: new PeerCredential(credentials), offer, source };
  }

  #source(session: Pick<Session, 'project' | 'id'>, stream: string): StreamSource {
    const publication = this.#book
      .all()
      .find(each => each.publication?.id === stream && each.peer.client.session.id === session.id)?.publication;
    const source = publication?.live ? publication : this.#options.phones.find(session, stream);
    if (!source) throw new CrosspointError('session.stream-unknown', 'There is no such stream in the session');
    return source;
  }

  async #open(
    entry: Entry,
    offer: PeerOffer,
    listener: PeerListener,
    terms: () => ReturnType<typeof peerTerms>,
  ): Promise<IceLeg> {
    const { peer, role } = entry;
    this.#book.add(entry);
    const leg = await peer.open(
      this.#options.media,
      {
        secured: () => listener.secured(),
        digit: digit => listener.digit?.(digit),
        closed: (reason: ConnectionEndReason) => {
          this.#book.remove(entry);
          listener.closed(reason);
        },
      },
      () => ({ ...peerTerms(offer, role), ...terms() }),
    );
    try {
      // An answer that tells of the connection must not come before its event is safe.
      await peer.client.recorded;
    } catch (error) {
      await peer.close('networkDisconnected');
      throw error;
    }
    return leg;
  }

  #answer({ ice }: IceLeg, offer: PeerOffer, role: PeerRole, sends: SentTrack | null): string {
    return makePeerAnswer(offer, role, { ...ice, sessionId: String(randomInt(1, 2 ** 47)), sends });
  }
}

function tokenMissing(): CrosspointError {
  return new CrosspointError('http.token-missing', 'The request has no participant token (Authorization: Bearer)');
}

/** Here a token is a credential, where other APIs take it for an argument: 401 with the same sentence. */
function tokenRefusals<T>(verify: () => T): T {
  try {
    return verify();
  } catch (error) {
    if (error instanceof CrosspointError && error.code.startsWith('session.token-'))
      throw new CrosspointError('http.token-refused', error.message, { cause: error });
    throw error;
  }
}
