import { randomInt } from 'node:crypto';
import type { LegQuality } from '../../pipelines/protocol/figures.ts';
import type { Clock } from '../base/clock.ts';
import { CrosspointError } from '../base/errors.ts';
import type { LegId, SessionId, StreamId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { IceLeg, IceMedia, LegConfig } from '../media/media.ts';
import { capabilitiesOf } from '../sessions/capabilities.ts';
import type { Client, Clients } from '../sessions/clients.ts';
import type { ConnectionEndReason } from '../sessions/events.ts';
import type { Session } from '../sessions/session.ts';
import { verifyParticipantToken } from '../sessions/token.ts';
import type { AcceptedMedia } from './accepted-media.ts';
import { type AgreedMedia, agreeToPublish, agreeToSubscribe, type StreamMedia } from './agreed-media.ts';
import { type Credentials, PeerCredential } from './credentials.ts';
import { OwnLegs } from './own-legs.ts';
import { Peer, type PeerListener } from './peer.ts';
import { makePeerAnswer, type SentTracks } from './peer-answer.ts';
import { PeerBook, type PeerLimits } from './peer-book.ts';
import { type PeerOffer, type PeerRole, readPeerOffer } from './peer-offer.ts';
import { publisherTerms, subscriberTerms } from './peer-terms.ts';
import { type Described, Publication, type PublicationParts } from './publication.ts';
import type { StreamSource, StreamSources } from './stream-source.ts';
import { Subscription, type SubscriptionWishes } from './subscription.ts';

export interface PeersOptions {
  readonly media: IceMedia;
  readonly clients: Clients;
  /** Streams of phones. */
  readonly phones: StreamSources;
  readonly pressed: PublicationParts['pressed'];
  readonly limits: PeerLimits;
  readonly accepted: AcceptedMedia;
  /** Of a stream, bit/s. */
  readonly maxVideoBitrate: number;
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

/** A peer whose client has entered the session, and what it is about to do there. */
interface Entering {
  readonly peer: Peer;
  readonly role: PeerRole;
  readonly credential: PeerCredential;
  readonly offer: PeerOffer;
  readonly agreed: AgreedMedia;
}

interface Entry extends Pick<Entering, 'peer' | 'role' | 'credential'> {
  readonly publication: Publication | null;
  readonly subscription: Subscription | null;
}

/** All that is said in a session, in one voice. */
const MIX: StreamMedia = { hasAudio: true, video: null };

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
  async publish(request: PeerRequest, described: Described): Promise<OpenedPeer> {
    const entering = this.#enter(request, 'publisher', agreeToPublish);
    const { peer, offer, agreed } = entering;
    const { pressed, maxVideoBitrate, clock, log } = this.#options;
    const media = { hasAudio: agreed.audio !== null, video: agreed.video?.format.codec ?? null };
    const publication = new Publication({ peer, described, media, ownLegs: this.#ownLegs, pressed, clock, log });
    const leg = await this.#open({ ...entering, publication, subscription: null }, publication, () => ({
      ...publisherTerms(offer, agreed, maxVideoBitrate),
      ...publication.terms,
    }));
    return { peer, answer: this.#answer(leg, entering, null), stream: publication.id };
  }

  /**
   * @param stream null: the mix of the session
   * @throws CrosspointError as `publish`, and session.stream-unknown
   */
  async subscribe(request: PeerRequest, stream: string | null): Promise<OpenedPeer> {
    let source: StreamSource | null = null;
    const entering = this.#enter(request, 'subscriber', (offer, session) => {
      source = stream === null ? null : this.#source(session, stream);
      return agreeToSubscribe(offer, source ?? MIX);
    });
    const { peer, offer, agreed } = entering;
    const subscription = new Subscription(peer, source, agreed, this.#ownLegs);
    const video = { ssrc: randomSsrc(), retransmissionSsrc: randomSsrc() };
    const leg = await this.#open({ ...entering, publication: null, subscription }, subscription, () => ({
      ...subscriberTerms(offer, agreed, video),
      ...subscription.terms,
    }));
    subscription.follow();
    return {
      peer,
      answer: this.#answer(leg, entering, { stream: stream ?? 'mix', audio: leg.ssrc, video }),
      stream: null,
    };
  }

  /**
   * The peer of a resource.
   * @throws CrosspointError session.peer-unknown, http.token-missing, http.token-refused (it is somebody else's)
   */
  get(session: string, role: PeerRole, id: string, credentials: Credentials): Peer {
    return this.#entry(session, role, id, credentials).peer;
  }

  /**
   * What a subscriber wants of the picture of what it subscribes to; without effect where there is none. Resolves when
   * that is so.
   * @throws CrosspointError as `get`
   */
  async wish(
    session: string,
    id: string,
    credentials: Credentials,
    wishes: Partial<SubscriptionWishes>,
  ): Promise<void> {
    await this.#entry(session, 'subscriber', id, credentials).subscription?.wish(wishes);
  }

  #entry(session: string, role: PeerRole, id: string, credentials: Credentials): Entry {
    if (credentials.token === null && credentials.key === null) throw tokenMissing();
    const entry = this.#book.get(id);
    if (!entry || entry.role !== role || entry.peer.client.session.id !== session)
      throw new CrosspointError('session.peer-unknown', 'There is no such WebRTC peer');
    if (!entry.credential.isThatOf(credentials))
      throw new CrosspointError('session.peer-foreign', 'The WebRTC peer was made with another credential');
    return entry;
  }

  /** Whose leg that is; null when nobody publishes through it. */
  publisherWith(leg: LegId): { readonly connection: Client['connection']; readonly stream: StreamId } | null {
    for (const { peer, publication } of this.#book.all())
      if (publication?.live && publication.leg === leg)
        return { connection: peer.client.connection, stream: publication.id };
    return null;
  }

  /** Through which leg a client is heard that publishes a stream; null: none does, or it is a picture alone. */
  legOf(session: SessionId, stream: StreamId): LegId | null {
    const entry = this.#book
      .all()
      .find(({ publication, peer }) => publication?.id === stream && peer.client.session.id === session);
    return entry?.publication?.hasAudio && !entry.peer.closed ? entry.peer.leg.id : null;
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
  #enter(
    { session: id, credentials, offer: text }: PeerRequest,
    role: PeerRole,
    agree: (offer: PeerOffer, session: Pick<Session, 'project' | 'id'>) => AgreedMedia,
  ): Entering {
    const { clients, clock, log, accepted } = this.#options;
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
    const offer = readPeerOffer(text, role, accepted);
    this.#book.checkRoom(session, known);
    const agreed = agree(offer, { project: project.id, id: session });
    const client = known ?? clients.enter(project, session, credentials.token ?? '');
    const peer = new Peer({ client, alone: known === null, offer, agreed, clock, log });
    return { peer, role, credential: new PeerCredential(credentials), offer, agreed };
  }

  #source(session: Pick<Session, 'project' | 'id'>, stream: string): StreamSource {
    const publication = this.#book
      .all()
      .find(each => each.publication?.id === stream && each.peer.client.session.id === session.id)?.publication;
    const source = publication?.live ? publication : this.#options.phones.find(session, stream);
    if (!source) throw new CrosspointError('session.stream-unknown', 'There is no such stream in the session');
    return source;
  }

  async #open(entry: Entry, listener: PeerListener, terms: () => LegConfig): Promise<IceLeg> {
    const { peer } = entry;
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
      terms,
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

  #answer({ ice }: IceLeg, { offer, agreed, role }: Entering, sends: SentTracks | null): string {
    return makePeerAnswer(offer, agreed, role, { ...ice, sessionId: String(randomInt(1, 2 ** 47)), sends });
  }
}

/** RFC 3550 §5.1. */
function randomSsrc(): number {
  return randomInt(1, 2 ** 32);
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
