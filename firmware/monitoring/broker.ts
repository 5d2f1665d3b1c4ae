import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket, type AuthenticateError, type Client } from 'aedes';
import { CrosspointError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { inOwnMemory } from '../base/own-memory.ts';
import { secretDigest } from '../base/secret-digest.ts';
import { BrokerAccess, type Role } from './broker-access.ts';
import type { MqttBroker, MqttLink, MqttLinkListener, MqttLogin, MqttPacket } from './mqtt-link.ts';
import { PacketSizeGate } from './packet-size-gate.ts';

export interface BrokerLogin {
  readonly username: string;
  readonly password: string;
}

export interface BrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The box's name in topics. */
  readonly box: string;
  /** May publish and subscribe. */
  readonly service: BrokerLogin;
  /** May subscribe. */
  readonly reader: BrokerLogin;
  /** By project: hears its own topics, and asks for calls. */
  readonly projects?: Readonly<Record<string, BrokerLogin>>;
  readonly log: Log;
}

const MAX_CLIENTS = 64;
/** Connections that have not shown a credential yet; when there are more, the oldest is closed. */
const MAX_STRANGERS = 32;
const MAX_PACKET_BYTES = 64 * 1024;
const MAX_SUBSCRIPTIONS = 64;
const CONNECT_TIMEOUT_MS = 5000;
/** A reader that takes nothing for so long is closed; until then it holds others up. */
const SLOW_READER_MS = 5000;
/** Client ids that only the service may use: a second client of the same id would put the first one out. */
const SERVICE_PREFIX = 'crosspoint-';
const NOT_AUTHORIZED = 5;
const BAD_LOGIN = 4;

/**
 * The embedded broker, for a box that has none beside it.
 *
 * Its queues are in memory and gone with the process: a reader that is away misses what is published meanwhile (the
 * retained status it gets at once when it comes back). Sessions that should outlive a connection are therefore refused
 * rather than promised; who needs them runs a broker of their own and gives its URL.
 */
export class Broker implements MqttBroker {
  readonly name = 'embedded';
  readonly #options: BrokerOptions;
  readonly #access: BrokerAccess;
  readonly #roles = new WeakMap<Client, Role>();
  readonly #subscriptions = new WeakMap<Client, number>();
  readonly #strangers = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #logins: readonly { readonly role: Role; readonly username: Buffer; readonly password: Buffer }[];
  #aedes: Aedes | null = null;
  #server: Server | null = null;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#access = new BrokerAccess(options.box);
    this.#logins = [
      loginOf({ kind: 'service' }, options.service),
      loginOf({ kind: 'reader' }, options.reader),
      ...Object.entries(options.projects ?? {}).map(([project, login]) => loginOf({ kind: 'project', project }, login)),
    ];
  }

  /** Where it listens, once started. */
  get address(): AddressInfo {
    return this.#server?.address() as AddressInfo;
  }

  /** @throws CrosspointError monitoring.broker-failed when the address cannot be had */
  async start(): Promise<void> {
    const { host, port, log } = this.#options;
    const aedes = await Aedes.createBroker({
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: SLOW_READER_MS,
      maxTopicLevels: 16,
      maxClientsIdLength: 128,
      authenticate: (client, username, password, done) => {
        const refusal = this.#authenticate(client, username, password);
        if (refusal === null) done(null, true);
        else done(refusal, false);
      },
      authorizePublish: (client, { topic, retain }, done) => {
        const role = client && this.#roles.get(client);
        const allowed = role && this.#access.mayPublish(role, topic, retain);
        done(allowed ? null : new Error('this login may not publish that'));
      },
      authorizeForward: (client, packet) => {
        const role = this.#roles.get(client);
        return role && this.#access.mayHear(role, packet.topic) ? packet : null;
      },
      authorizeSubscribe: (client, subscription, done) => {
        const count = (this.#subscriptions.get(client) ?? 0) + 1;
        const role = this.#roles.get(client);
        const allowed = role && count <= MAX_SUBSCRIPTIONS && this.#access.maySubscribe(role, subscription.topic);
        if (allowed) this.#subscriptions.set(client, count);
        done(null, allowed ? subscription : null);
      },
    });
    aedes.on('clientError', (client, error) => log.debug({ client: client.id, error: error.message }, 'MQTT client'));
    aedes.on('connectionError', (_client, error) => log.debug({ error: error.message }, 'MQTT connection'));
    const server = createServer(socket => this.#admit(socket, aedes));
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (error) {
      await closed(aedes);
      throw new CrosspointError(
        'monitoring.broker-failed',
        `The MQTT broker cannot listen on ${host} port ${port}: ${messageOf(error)}.`,
        { cause: error },
      );
    }
    server.on('error', error => log.error({ error: error.message }, 'MQTT listener'));
    this.#server = server;
    this.#aedes = aedes;
  }

  async close(): Promise<void> {
    const [aedes, server] = [this.#aedes, this.#server];
    this.#aedes = null;
    this.#server = null;
    if (!aedes || !server) return;
    const listenerClosed = new Promise(resolve => server.close(resolve));
    await closed(aedes);
    for (const socket of this.#sockets) socket.destroy();
    await listenerClosed;
  }

  /**
   * The box's own way in, without a socket: half of what an event cost went into talking TCP to ourselves. There is no
   * will to keep, as it would end together with the broker. `done` comes when the event has been handed to every reader.
   */
  open(_login: MqttLogin, listener: MqttLinkListener): MqttLink {
    queueMicrotask(() => (this.#aedes ? listener.up() : listener.lost('the broker is closed')));
    const pass = ({ topic, payload, retain }: AedesPublishPacket, done: () => void) => {
      listener.message({ topic, payload: Buffer.from(payload), retain });
      done();
    };
    const subscribed = new Set<string>();
    const unsubscribe = (filters: Iterable<string>) => {
      for (const filter of filters) if (subscribed.delete(filter)) this.#aedes?.unsubscribe(filter, pass, () => {});
    };
    return {
      subscribe: (filters, done) => {
        for (const filter of filters) {
          if (subscribed.has(filter)) continue;
          subscribed.add(filter);
          this.#aedes?.subscribe(filter, pass, () => {});
        }
        done(this.#aedes ? null : new Error('the broker is closed'));
      },
      unsubscribe,
      publish: (packet, done) => void setImmediate(() => this.#publish(packet, done)),
      end: async () => unsubscribe([...subscribed]),
      drop: () => unsubscribe([...subscribed]),
    };
  }

  /**
   * To be called once a turn of the event loop: aedes numbers messages, and drops for a reader what comes to it after a higher
   * number. Retained ones and those of QoS 1 take more promises than others to come there, and would be overtaken.
   */
  #publish({ topic, payload, qos, retain = false }: MqttPacket, done: (error: Error | null) => void): void {
    if (!this.#aedes) {
      done(new Error('the broker is closed'));
      return;
    }
    const bytes = retain ? inOwnMemory(payload) : Buffer.from(payload);
    const packet = { cmd: 'publish', dup: false, topic, payload: bytes, qos, retain } as const;
    this.#aedes.publish(packet, error => done(error ?? null));
  }

  #admit(socket: Socket, aedes: Aedes): void {
    if (this.#sockets.size - this.#strangers.size >= MAX_CLIENTS) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#strangers.add(socket);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#strangers.delete(socket);
    });
    if (this.#strangers.size > MAX_STRANGERS) {
      const [oldest] = this.#strangers;
      oldest?.destroy();
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    const gate = new PacketSizeGate(MAX_PACKET_BYTES);
    // Aedes reads by 'readable' and read(), which emits 'data' for each piece before the parser gets it.
    socket.on('data', (chunk: Buffer) => {
      if (!gate.accepts(chunk)) socket.destroy();
    });
    aedes.handle(socket);
  }

  #authenticate(client: Client, username: string | undefined, password: Buffer | undefined): AuthenticateError | null {
    const role = this.#roleOf(username ?? '', password ?? Buffer.alloc(0));
    if (role === null) return refusal(BAD_LOGIN, 'bad user name or password');
    if (!client.clean) return refusal(NOT_AUTHORIZED, 'sessions that outlive their connection are not kept here');
    if (role.kind !== 'service' && client.id.startsWith(SERVICE_PREFIX)) {
      return refusal(NOT_AUTHORIZED, 'this client id is not for readers');
    }
    this.#roles.set(client, role);
    this.#strangers.delete(client.conn as Socket);
    return null;
  }

  /** Compares with every login, all of each, however early a difference shows. */
  #roleOf(username: string, password: Buffer): Role | null {
    const given = { username: secretDigest(username), password: secretDigest(password) };
    let found: Role | null = null;
    for (const login of this.#logins) {
      const sameName = timingSafeEqual(login.username, given.username);
      const samePassword = timingSafeEqual(login.password, given.password);
      if (sameName && samePassword) found = login.role;
    }
    return found;
  }
}

function loginOf(role: Role, { username, password }: BrokerLogin) {
  return { role, username: secretDigest(username), password: secretDigest(password) };
}

function refusal(returnCode: number, message: string): AuthenticateError {
  return Object.assign(new Error(message), { returnCode });
}

function closed(aedes: Aedes): Promise<void> {
  return new Promise(resolve => aedes.close(() => resolve()));
}
