import { isIPv6 } from 'node:net';
import { maskSecrets } from './mask.ts';
import type { Trace, TracedAddress, TracedMessage } from './traced-message.ts';

const MAGIC_MICROSECONDS = 0xa1b2c3d4;
/** LINKTYPE_RAW: packets begin with their IP header. */
const LINKTYPE_RAW = 101;
const SNAP_LENGTH = 65_535;
const UDP = 17;
const TCP = 6;
const TCP_PUSH_ACK = 0x18;
/** Of the IP payload, so that its length fits in 16 bits beside the largest headers. */
const MAX_SEGMENT = 65_000;

/**
 * A trace as a pcap file that Wireshark and sngrep read: each message in an IP packet of its own, made from its
 * addresses. What went over TCP or TLS is shown as TCP, the latter in clear. Secrets are masked.
 */
export function pcap({ messages }: Trace): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC_MICROSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  const streams = new Map<string, number>();
  return Buffer.concat([header, ...messages.flatMap(message => record(message, streams))]);
}

function record(message: TracedMessage, streams: Map<string, number>): Buffer[] {
  const { at, direction, local, remote, transport } = message;
  const [from, to] = direction === 'out' ? [local, remote] : [remote, local];
  const payload = maskSecrets(message.bytes).subarray(0, MAX_SEGMENT);
  const segment = transport === 'udp' ? udpDatagram(from, to, payload) : tcpSegment(from, to, payload, streams);
  const protocol = transport === 'udp' ? UDP : TCP;
  sign(from, to, protocol, segment);
  const packet = ipPacket(from, to, protocol, segment);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(at / 1000), 0);
  header.writeUInt32LE(Math.floor((at % 1000) * 1000), 4);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return [header, packet];
}

/** RFC 768. */
function udpDatagram(from: TracedAddress, to: TracedAddress, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** RFC 9293 §3.1; sequence numbers count what was said before in each direction, so that a reader joins the stream. */
function tcpSegment(from: TracedAddress, to: TracedAddress, payload: Buffer, streams: Map<string, number>): Buffer {
  const key = (a: TracedAddress, b: TracedAddress) => `${a.address} ${a.port} ${b.address} ${b.port}`;
  const sequence = streams.get(key(from, to)) ?? 1;
  streams.set(key(from, to), sequence + payload.length);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(from.port, 0);
  header.writeUInt16BE(to.port, 2);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(streams.get(key(to, from)) ?? 1, 8);
  header.writeUInt8(5 << 4, 12);
  header.writeUInt8(TCP_PUSH_ACK, 13);
  header.writeUInt16BE(0xffff, 14);
  return Buffer.concat([header, payload]);
}

/** The checksum over the segment and what the IP header says of it (RFC 8200 §8.1: over IPv6, none is an error). */
function sign(from: TracedAddress, to: TracedAddress, protocol: number, segment: Buffer): void {
  const [source, destination] = addressesOf(from, to);
  const length = Buffer.alloc(8);
  length.writeUInt32BE(segment.length, 0);
  length.writeUInt8(protocol, 7);
  const sum = checksum(Buffer.concat([source, destination, length, segment]));
  // RFC 768: a sum of zero is sent as all ones; zero would mean that there is none.
  segment.writeUInt16BE(protocol === UDP && sum === 0 ? 0xffff : sum, protocol === UDP ? 6 : 16);
}

function addressesOf(from: TracedAddress, to: TracedAddress): [source: Buffer, destination: Buffer] {
  const bytes = isIPv6(from.address) || isIPv6(to.address) ? ipv6Bytes : ipv4Bytes;
  return [bytes(from.address), bytes(to.address)];
}

function ipPacket(from: TracedAddress, to: TracedAddress, protocol: number, segment: Buffer): Buffer {
  return isIPv6(from.address) || isIPv6(to.address)
    ? ipv6Packet(from, to, protocol, segment)
    : ipv4Packet(from, to, protocol, segment);
}

/** RFC 791 §3.1. */
function ipv4Packet(from: TracedAddress, to: TracedAddress, protocol: number, segment: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + segment.length, 2);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  ipv4Bytes(from.address).copy(header, 12);
  ipv4Bytes(to.address).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, segment]);
}

/** RFC 8200 §3. */
function ipv6Packet(from: TracedAddress, to: TracedAddress, protocol: number, segment: Buffer): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(segment.length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(64, 7);
  ipv6Bytes(from.address).copy(header, 8);
  ipv6Bytes(to.address).copy(header, 24);
  return Buffer.concat([header, segment]);
}

/** RFC 1071. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i + 1 < header.length; i += 2) sum += header.readUInt16BE(i);
  if (header.length % 2 === 1) sum += header.readUInt8(header.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function ipv6Bytes(address: string): Buffer {
  const plain = address.replace(/%.*$/, '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const hex = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16);
    return `${hex(a, b)}:${hex(c, d)}`;
  });
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map(each => Number.parseInt(each, 16)));
  const [front, back] = [groups(head), groups(tail ?? '')];
  const all = tail === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill(0), ...back];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of all.slice(0, 8).entries()) bytes.writeUInt16BE(group & 0xffff, 2 * index);
  return bytes;
}
