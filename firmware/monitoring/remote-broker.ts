import { connect } from 'mqtt';
import type { MqttBroker, MqttLink, MqttLinkListener, MqttLogin, MqttPacket } from './mqtt-link.ts';

/** A broker that is reached over TCP or TLS. */
export class RemoteBroker implements MqttBroker {
  readonly name: string;
  readonly #url: string;
  readonly #account: { readonly username?: string; readonly password?: string };

  /** @param address mqtt(s)://[user:password@]host:port */
  constructor(address: string) {
    const url = new URL(address);
    this.name = url.host;
    // The library splits an account at its last colon and so breaks passwords that have one: it gets it ready split.
    const username = decodeURIComponent(url.username);
    this.#account = username === '' ? {} : { username, password: decodeURIComponent(url.password) };
    url.username = '';
    url.password = '';
    this.#url = url.href;
  }

  /**
   * Each connection is a client object of its own: the library's way to reconnect would keep messages in its memory and
   * send them again beside the outbox.
   */
  open({ clientId, will }: MqttLogin, listener: MqttLinkListener): MqttLink {
    const client = connect(this.#url, {
      ...this.#account,
      clientId,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      reconnectPeriod: 0,
      // Whoever opened it has the patience.
      connectTimeout: 60_000,
      queueQoSZero: false,
      resubscribe: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
    });
    let reason = 'the connection was closed';
    // The library's own listeners stay: they clear its timers when the connection closes.
    let silent = false;
    const lost = () => {
      if (silent) return;
      silent = true;
      listener.lost(reason);
    };
    client.on('connect', () => {
      if (!silent) listener.up();
    });
    client.on('error', error => {
      reason = ('code' in error && typeof error.code === 'string' ? error.code : error.message) || reason;
      lost();
    });
    client.on('close', lost);
    return {
      publish({ topic, payload, qos, retain = false }: MqttPacket, done) {
        client.publish(topic, payload, { qos, retain }, error => done(error ?? null));
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
}
