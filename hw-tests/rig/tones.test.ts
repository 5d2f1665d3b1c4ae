import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, encode } from './g711.ts';
import { dbov, Heard, power, RATE, sine } from './tones.ts';

const near = (value: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected} ± ${tolerance}`);

const sum = (...parts: Int16Array[]) =>
  Int16Array.from({ length: parts[0]?.length ?? 0 }, (_, i) => parts.reduce((all, part) => all + (part[i] ?? 0), 0));

test('a sine has the level that was asked for', () => {
  near(dbov(power(sine(440, -12, 0, RATE))), -12, 0.01);
});

test('tells three tones apart, and that a fourth is not there', () => {
  const heard = new Heard(sum(sine(440, -16, 0, 2 * RATE), sine(700, -20, 0, 2 * RATE), sine(1250, -16, 0, 2 * RATE)));
  near(heard.atLeast(440), -16, 0.1);
  near(heard.atMost(700), -20, 0.1);
  near(heard.atLeast(1250), -16, 0.1);
  assert.ok(heard.atMost(950) < -80);
  assert.ok(heard.besides([440, 700, 1250]) < -75);
  near(heard.besides([440, 1250]), -20, 0.1);
});

test('notices a tone that was there for a second only', () => {
  const heard = new Heard(Int16Array.from([...sine(440, -16, 0, RATE), ...new Int16Array(RATE)]));
  near(heard.atMost(440), -16, 0.1);
  assert.ok(heard.atLeast(440) < -100);
});

for (const law of ['PCMU', 'PCMA'] as const) {
  test(`${law}: every code survives decoding and encoding`, () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    // Both zeros of µ-law sound the same.
    const again = decode(law, encode(law, decode(law, codes)));
    assert.equal(again, decode(law, codes));
  });

  test(`${law}: a tone comes through with the noise of G.711 and no more`, () => {
    const heard = new Heard(decode(law, encode(law, sine(440, -16, 0, RATE))));
    near(heard.atLeast(440), -16, 0.2);
    assert.ok(heard.besides([440]) < -48, String(heard.besides([440])));
  });
}

test('knows codes that the recommendation gives', () => {
  assert.equal([...decode('PCMU', Uint8Array.of(0x00, 0x80, 0x7f, 0xff))], [-32_124, 32_124, 0, 0]);
  assert.equal([...decode('PCMA', Uint8Array.of(0xd5, 0x55, 0x2a, 0xaa))], [8, -8, -32_256, 32_256]);
});

test.run();
