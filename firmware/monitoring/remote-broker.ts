import { connect, type MqttClient } from 'mqtt';
import type { BrokerTls } from '../config/broker-tls.ts';
import type { MqttBroker, MqttLink, MqttLinkListener, MqttLogin, MqttPacket } from './mqtt-link.ts';
import { PacketSizeGate } from './packet-size-gate.ts';
import { SendWindow } from './send-window.ts';

export interface RemoteBrokerOptions {
  /** 3: MQTT 3.1.1 */
  readonly version?: 3 | 5;
  /** Goes over what the address says. */
  readonly username?: string;
  /** Both are asked for each connection, so that what was replaced counts from then on. @throws CrosspointError */
  readonly password?: () => string;
  readonly tls?: () => BrokerTls;
}

const PROTOCOL_LEVELS = { 3: 4, 5: 5 } as const;
/** What a broker passes on to us is requests and what we had it keep. */
const MAX_PACKET_BYTES = 64 * 1024;

/** A broker that is reached over TCP or TLS. */
export class RemoteBroker implements MqttBroker {
  readonly name: string;
  readonly #url: string;
  readonly #options: RemoteBrokerOptions;
  readonly #account: { readonly username?: string; readonly password?: string };

  /** @param address mqtt(s)://[user:password@]host:port */
  constructor(address: string, options: RemoteBrokerOptions = {}) {
    const url = new URL(address);
    this.name = url.host;
    this.#options = options;
    // The library splits an account at its last colon and so breaks passwords that have one: it gets it ready split.
    const username = options.username ?? decodeURIComponent(url.username);
    this.#account = username === '' ? {} : { username, password: decodeURIComponent(url.password) };
    url.username = '';
    url.password = '';
    this.#url = url.href;
  }

  /**
   * Each connection is a client object of its own: the library's way to reconnect would keep messages in its memory and
   * send them again beside the outbox.
   */
  open(login: MqttLogin, listener: MqttLinkListener): MqttLink {
    let client: MqttClient;
    try {
      client = this.#client(login);
    } catch (error) {
      return unopened(listener, error);
    }
    return linkOf(client, listener);
  }

  /** @throws CrosspointError when a file of a password or of TLS cannot be used */
  #client({ clientId, will }: MqttLogin): MqttClient {
    const { version = 3, password, tls } = this.#options;
    const { verify: rejectUnauthorized, ...files } = tls?.() ?? { verify: true };
    return connect(this.#url, {
      ...this.#account,
      ...(password && { password: password() }),
      ...files,
      rejectUnauthorized,
      clientId,
      protocolVersion: PROTOCOL_LEVELS[version],
      ...(version === 5 && { properties: { maximumPacketSize: MAX_PACKET_BYTES } }),
      clean: true,
      keepalive: 30,
      reconnectPeriod: 0,
      // Whoever opened it has the patience.
      connectTimeout: 60_000,
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
    });
  }
}

function linkOf(client: MqttClient, listener: MqttLinkListener): MqttLink {
  let reason = 'the connection was closed';
  // The library's own listeners stay: they clear its timers when the connection closes.
  let silent = false;
  const lost = () => {
    if (silent) return;
    silent = true;
    listener.lost(reason);
  };
  const gate = new PacketSizeGate(MAX_PACKET_BYTES);
  client.stream.on('data', (chunk: Uint8Array) => {
    if (gate.accepts(chunk)) return;
    reason = 'it sent a message that is too large';
    lost();
  });
  const window = new SendWindow();
  client.on('connect', ({ properties }) => {
    window.open(properties?.receiveMaximum);
    if (!silent) listener.up();
  });
  client.on('message', (topic, payload, { retain }) => {
    if (!silent) listener.message({ topic, payload, retain });
  });
  client.on('error', error => {
    reason = ('code' in error && typeof error.code === 'string' ? error.code : error.message) || reason;
    lost();
  });
  client.on('close', lost);
  return {
    publish({ topic, payload, qos, retain = false }: MqttPacket, done) {
      const send = (sent: (error: Error | null) => void) =>
        client.publish(topic, payload, { qos, retain }, error => sent(error ?? null));
      if (qos === 0) send(done);
      else window.send(send, done);
    },
    subscribe(filters, done) {
      client.subscribe([...filters], { qos: 1, ...retainedAsTheyAre(client) }, error => done(error ?? null));
    },
    unsubscribe(filters) {
      client.unsubscribe([...filters], () => {});
    },
    async end() {
      silent = true;
      // Not forced: a forced end closes the socket without DISCONNECT, and the broker would publish the will.
      await client.endAsync();
    },
    drop() {
      silent = true;
      client.end(true);
    },
  };
}

/** MQTT 5 §3.8.3.1: what its sender wants to be kept says so, also where it comes at once. */
function retainedAsTheyAre({ options }: MqttClient): { readonly rap?: true } {
  return options.protocolVersion === 5 ? { rap: true } : {};
}

/** Lost before it began, as a connection that was refused. */
function unopened(listener: MqttLinkListener, error: unknown): MqttLink {
  let dropped = false;
  queueMicrotask(() => {
    if (!dropped) listener.lost(error instanceof Error ? error.message : String(error));
  });
  return {
    publish: (_packet, done) => done(new Error('there is no connection')),
    subscribe: (_filters, done) => done(new Error('there is no connection')),
    unsubscribe: () => {},
    end: async () => {
      dropped = true;
    },
    drop: () => {
      dropped = true;
    },
  };
}
