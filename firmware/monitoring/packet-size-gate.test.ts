import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PacketSizeGate } from './packet-size-gate.ts';

/** A PUBLISH-like packet with a body of so many bytes (MQTT 3.1.1 §2.2.3). */
function packet(bodyBytes: number): Buffer {
  const length: number[] = [];
  let rest = bodyBytes;
  do {
    const digit = rest % 128;
    rest = Math.floor(rest / 128);
    length.push(rest > 0 ? digit | 0x80 : digit);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(bodyBytes, 0xff)]);
}

test('packets up to the limit pass, in pieces of any size', () => {
  const stream = Buffer.concat([packet(0), packet(5), packet(127), packet(128), packet(1000), packet(2)]);
  for (const piece of [1, 2, 3, 7, 64, stream.length]) {
    const gate = new PacketSizeGate(1000);
    for (let at = 0; at < stream.length; at += piece) assert.ok(gate.accepts(stream.subarray(at, at + piece)));
  }
});

test('a packet above the limit is refused by its length alone, before its body', () => {
  const gate = new PacketSizeGate(1000);
  assert.ok(gate.accepts(packet(1000)));
  assert.not.ok(gate.accepts(packet(1001).subarray(0, 3)));
});

test('a length of five digits is refused', () => {
  assert.not.ok(new PacketSizeGate(1000).accepts(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80, 0x01])));
});

test.run();
