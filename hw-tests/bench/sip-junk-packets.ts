import { seededRandom } from '../rig/seeded-random.ts';

/** Different packets; they are sent round and round. */
const KINDS = 240;
const SEED = 5060;
const DATAGRAM = 1200;

/** What scanners, broken phones and spoofers send: noise, other protocols, halves of messages, strays. */
export function junkPackets(address: string): Buffer[] {
  const random = seededRandom(SEED);
  const makers = [noise, () => Buffer.from('GET / HTTP/1.1\r\nHost: box\r\n\r\n'), half, stray];
  return Array.from({ length: KINDS }, (_, index) => (makers[index % makers.length] ?? noise)(random, address, index));
}

function noise(random: () => number): Buffer {
  return Buffer.from(Array.from({ length: 1 + Math.floor(random() * DATAGRAM) }, () => Math.floor(random() * 256)));
}

/** A request that ends somewhere. */
function half(random: () => number, address: string, index: number): Buffer {
  const whole = [
    `INVITE sip:${index}@box SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:5060;branch=z9hG4bKhalf${index}`,
    'Max-Forwards: 70',
    `From: <sip:scan@${address}>;tag=${index}`,
    'To: <sip:100@box>',
    `Call-ID: half-${index}`,
    'CSeq: 1 INVITE',
  ].join('\r\n');
  return Buffer.from(whole.slice(0, 20 + Math.floor(random() * (whole.length - 20))));
}

/** An answer to a question that nobody asked. */
function stray(_random: () => number, address: string, index: number): Buffer {
  return Buffer.from(
    [
      'SIP/2.0 200 OK',
      `Via: SIP/2.0/UDP ${address}:5060;branch=z9hG4bKstray${index}`,
      `From: <sip:a@${address}>;tag=1`,
      `To: <sip:b@${address}>;tag=${index}`,
      `Call-ID: stray-${index}`,
      'CSeq: 1 INVITE',
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}
