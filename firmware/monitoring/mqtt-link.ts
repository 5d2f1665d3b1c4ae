/** What is published, and how. */
export interface MqttPacket {
  readonly topic: string;
  readonly payload: string;
  readonly qos: 0 | 1;
  readonly retain?: boolean;
}

/** What the broker passes on. */
export interface MqttIncoming {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** It was published before we subscribed, or its sender wants it to be kept. */
  readonly retain: boolean;
}

/** One connection to a broker, from the moment that it is wanted. */
export interface MqttLink {
  /** @param done once the broker has it (QoS 1: acknowledged), or will not have it from this link */
  publish(packet: MqttPacket, done: (error: Error | null) => void): void;
  /** @param done with an error when the broker does not let us */
  subscribe(filters: readonly string[], done: (error: Error | null) => void): void;
  unsubscribe(filters: readonly string[]): void;
  /** Takes leave of the broker, so that it does not publish the will. */
  end(): Promise<void>;
  /** Breaks it off. The listener hears nothing more. */
  drop(): void;
}

export interface MqttLinkListener {
  /** The broker has let us in. Never called before `open` has returned. */
  up(): void;
  /** Called once, with a reason for the log; not after `drop` or `end`. */
  lost(reason: string): void;
  /** Something came on what was subscribed to. */
  message(message: MqttIncoming): void;
}

export interface MqttLogin {
  readonly clientId: string;
  /** What the broker publishes, retained, when we are gone without having taken leave. */
  readonly will: { readonly topic: string; readonly payload: string };
}

/** Where there is a broker. */
export interface MqttBroker {
  /** For the log. */
  readonly name: string;
  open(login: MqttLogin, listener: MqttLinkListener): MqttLink;
}
