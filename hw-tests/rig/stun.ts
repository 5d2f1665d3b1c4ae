import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A STUN binding request as a controlling ICE agent sends it (RFC 8445 §7.2.2, RFC 8489 §14), put together by hand. */

const BINDING_REQUEST = 0x0001;
export const BINDING_SUCCESS = 0x0101;
const COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const INTEGRITY_BYTES = 24;
const FINGERPRINT_BYTES = 8;
const FINGERPRINT_XOR = 0x5354554e;

const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const FINGERPRINT = 0x8028;
const ICE_CONTROLLING = 0x802a;

/** @param ufrag of whoever is asked @param password of the same */
export function connectivityCheck(ufrag: string, password: string): Buffer {
  const attributes = Buffer.concat([
    attribute(USERNAME, Buffer.from(`${ufrag}:test`)),
    attribute(ICE_CONTROLLING, randomBytes(8)),
    attribute(PRIORITY, Buffer.from([0x6e, 0, 1, 0xff])),
    attribute(USE_CANDIDATE, Buffer.alloc(0)),
  ]);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(BINDING_REQUEST, 0);
  header.writeUInt32BE(COOKIE, 4);
  randomBytes(12).copy(header, 8);
  const message = Buffer.concat([header, attributes]);
  // Each of them counts the length up to its own end (RFC 8489 §14.5, §14.7).
  message.writeUInt16BE(attributes.length + INTEGRITY_BYTES, 2);
  const proof = createHmac('sha1', password).update(message).digest();
  const proven = Buffer.concat([message, attribute(MESSAGE_INTEGRITY, proof)]);
  proven.writeUInt16BE(attributes.length + INTEGRITY_BYTES + FINGERPRINT_BYTES, 2);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE((crc32(proven) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([proven, attribute(FINGERPRINT, sum)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + ((value.length + 3) & ~3));
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}
