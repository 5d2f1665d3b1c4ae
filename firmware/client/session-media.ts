import { completing } from './completion.ts';
import type {
  Completion,
  DisconnectReason,
  Publisher as PublicPublisher,
  PublisherProperties,
  Stream,
  StreamEndReason,
  SubscriberProperties,
  Target,
} from './crosspoint.d.ts';
import { exceptions } from './exceptions.ts';
import type { MediaHost } from './media-host.ts';
import { OTError } from './ot-error.ts';
import { Publisher } from './publisher.ts';
import { Subscriber } from './subscriber.ts';

/** The publishers and subscribers of one session. */
export class SessionMedia {
  readonly #host: MediaHost;
  readonly #publishers = new Set<Publisher>();
  readonly #subscribers = new Set<Subscriber>();

  constructor(host: MediaHost) {
    this.#host = host;
  }

  publish(
    publisher: PublicPublisher | Target | undefined,
    properties: PublisherProperties | Completion | null | undefined,
    completion: Completion | undefined,
  ): Publisher {
    const done = typeof properties === 'function' ? properties : completion;
    const made =
      publisher instanceof Publisher
        ? publisher
        : new Publisher(publisher as Target, typeof properties === 'function' ? null : properties);
    const refusal = this.#mayNot('publish', 1500);
    if (refusal) {
      const refused = exceptions.watch(Promise.reject(refusal), made, 'OT_PERMISSION_DENIED');
      completing(refused, (done ?? (() => {})) as () => void);
      return made;
    }
    this.#publishers.add(made);
    made.once('destroyed', () => this.#publishers.delete(made));
    made.publishTo(this.#host);
    const published = exceptions.watch(made.whenPublished(), made, 'OT_STREAM_CREATE_FAILED');
    completing(published, done as () => void);
    return made;
  }

  unpublish(publisher: PublicPublisher): void {
    if (!(publisher instanceof Publisher) || !this.#publishers.delete(publisher)) return;
    publisher.end('clientDisconnected');
  }

  subscribe(
    stream: Stream,
    target: Target | undefined,
    properties: SubscriberProperties | Completion | null | undefined,
    completion: Completion | undefined,
  ): Subscriber {
    const done = typeof properties === 'function' ? properties : completion;
    const wishes = typeof properties === 'function' ? {} : (properties ?? {});
    const subscriber = new Subscriber(this.#host, stream, target, wishes);
    const connected = exceptions.watch(subscriber.whenConnected(), subscriber, 'OT_ICE_WORKFLOW_FAILED');
    completing(connected, done as () => void);
    const refusal = this.#mayNot('subscribe', 1501) ?? this.#isGone(stream);
    if (refusal) {
      subscriber.refuse(refusal);
      return subscriber;
    }
    this.#subscribers.add(subscriber);
    subscriber.once('destroyed', () => this.#subscribers.delete(subscriber));
    // A turn later, so that the page has its handlers in place.
    queueMicrotask(() => subscriber.start());
    return subscriber;
  }

  unsubscribe(subscriber: unknown): void {
    if (subscriber instanceof Subscriber) subscriber.destroy();
  }

  subscribersFor(stream: Stream): Subscriber[] {
    return [...this.#subscribers].filter(each => each.stream.streamId === stream.streamId);
  }

  /** @param streamId null: of none */
  publisherOf(streamId: string | null): Publisher | undefined {
    return streamId === null ? undefined : [...this.#publishers].find(each => each.streamId === streamId);
  }

  /** The session tells that a stream of this page is over; not so while its publisher only makes another one. */
  ownStreamEnded(stream: Stream, reason: StreamEndReason): void {
    const publisher = [...this.#publishers].find(each => each.stream === stream);
    const isForced = reason === 'forceUnpublished' || reason === 'forceDisconnected';
    if (!publisher || (!isForced && publisher.isMending)) return;
    this.#publishers.delete(publisher);
    publisher.end(reason);
  }

  /** The session is over. @param keepSubscribers the page has prevented the default */
  end(reason: DisconnectReason, keepSubscribers: boolean): void {
    for (const publisher of [...this.#publishers]) publisher.end(reason);
    if (!keepSubscribers) for (const subscriber of [...this.#subscribers]) subscriber.destroy();
    this.#publishers.clear();
    this.#subscribers.clear();
  }

  #mayNot(what: 'publish' | 'subscribe', code: number): OTError | null {
    const { session } = this.#host;
    if (!session.isConnected()) return new OTError('OT_NOT_CONNECTED', 'The session is not connected');
    if (session.capabilities[what]) return null;
    return new OTError('OT_PERMISSION_DENIED', `The token's role may not ${what}`, { code });
  }

  #isGone({ streamId }: Stream): OTError | null {
    if (this.#host.session.streams.has(streamId)) return null;
    return new OTError('OT_STREAM_NOT_FOUND', 'There is no such stream any more');
  }
}
