import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { type Answer, decode, encode, type Question } from 'dns-packet';
import type { NaptrRecord, SrvRecord } from './name-service.ts';

/** RFC 1035 §4.1.1. */
const SERVFAIL = 2;
const NXDOMAIN = 3;
const AUTHORITATIVE = 1 << 10;

export interface DnsZone {
  readonly a?: Readonly<Record<string, readonly string[]>>;
  readonly aaaa?: Readonly<Record<string, readonly string[]>>;
  readonly srv?: Readonly<Record<string, readonly SrvRecord[]>>;
  readonly naptr?: Readonly<Record<string, readonly NaptrRecord[]>>;
  readonly cname?: Readonly<Record<string, string>>;
}

/** A name server for one zone, over UDP on 127.0.0.1: answers, refuses or keeps silent, and remembers the questions. */
export class DnsServer {
  readonly asked: string[] = [];
  /** Seconds, on every record. */
  ttl = 300;
  behaviour: 'answer' | 'fail' | 'silence' = 'answer';
  zone: DnsZone;
  readonly #socket = createSocket('udp4');

  constructor(zone: DnsZone) {
    this.zone = zone;
  }

  async start(): Promise<this> {
    this.#socket.on('message', (datagram, { port, address }) => {
      const query = decode(datagram);
      const [question] = query.questions ?? [];
      if (!question) return;
      this.asked.push(`${question.type} ${question.name}`);
      if (this.behaviour === 'silence') return;
      const answers = this.behaviour === 'answer' ? this.#answers(question) : [];
      const code = this.behaviour === 'fail' ? SERVFAIL : this.#knows(question.name) ? 0 : NXDOMAIN;
      const flags = AUTHORITATIVE | (query.flags ?? 0) | code;
      this.#socket.send(
        encode({ type: 'response', id: query.id ?? 0, flags, questions: [question], answers }),
        port,
        address,
      );
    });
    await new Promise<void>(bound => this.#socket.bind(0, '127.0.0.1', bound));
    return this;
  }

  /** As `dnsServers` of a user agent takes it. */
  get address(): string {
    return `127.0.0.1:${(this.#socket.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>(done => this.#socket.close(done));
  }

  #answers({ name, type }: Question): Answer[] {
    const alias = this.zone.cname?.[name.toLowerCase()];
    const own = this.#records(alias ?? name, type);
    return alias === undefined ? own : [{ type: 'CNAME', name, ttl: this.ttl, data: alias }, ...own];
  }

  #records(name: string, type: Question['type']): Answer[] {
    const { a, aaaa, srv, naptr } = this.zone;
    const key = name.toLowerCase();
    const common = { name, ttl: this.ttl };
    if (type === 'A') return (a?.[key] ?? []).map(data => ({ ...common, type, data }));
    if (type === 'AAAA') return (aaaa?.[key] ?? []).map(data => ({ ...common, type, data }));
    if (type === 'SRV') {
      return (srv?.[key] ?? []).map(record => ({ ...common, type, data: { ...record, target: record.target || '.' } }));
    }
    if (type === 'NAPTR') {
      return (naptr?.[key] ?? []).map(({ service: services, ...rest }) => ({
        ...common,
        type,
        data: { ...rest, services },
      }));
    }
    return [];
  }

  #knows(name: string): boolean {
    return Object.values(this.zone).some(records => records !== undefined && name.toLowerCase() in records);
  }
}
