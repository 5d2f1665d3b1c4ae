import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BROWSER, DESK_PHONE, phone } from '../../sdp/sdp.samples.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from '../message/message.samples.ts';
import { attacks, textOf } from './attacks.ts';
import { regexLiterals } from './regex-literals.ts';

/** As much as a message may hold. */
const FULL = 65_536;
const SCREENED = 2048;
/** Of the attacks at the smaller size, the slowest ones are tried at the full size. */
const TRIED = 6;
/** Linear ones take less than one; a quadratic one takes seconds. */
const MOST_MS = 20;

/** Those that only see short texts, with the most characters that these have. */
const BOUNDED: Readonly<Record<string, number>> = {
  // Addresses of sockets, as the kernel tells them (pcap.ts).
  '(\\d+)\\.(\\d+)\\.(\\d+)\\.(\\d+)$': 64,
  '%.*$': 64,
};

const SAMPLES = [
  ...[INVITE, OK, REGISTER, UNUSUAL, phone(...DESK_PHONE), BROWSER],
  ...[
    '1 AES_CM_128_HMAC_SHA1_80 inline:YWJj|2^31|1:4 WSH=64',
    'inline:YWJj|2^31|1:4',
    'audio 4000/2 RTP/SAVPF 0 8 101',
  ],
  ...[
    "UTF-8''J%C3%A4s%C3%B8n",
    'Digest realm="a", nonce="b"',
    'Negotiate',
    '00000001',
    '0.333',
    '[2001:db8::1]',
    'a.b.',
  ],
  ...['2001:db8:::192.0.2.1', 'a@b;to-tag=1;from-tag=2', '1;  tag = 2', 'sip:a@b;transport=tcp', '+44-20-7946', '#*9'],
  ...['SIP/2.0 200 OK\r\n', 'Authorization: Digest response = "x", cnonce="y"', 'a=crypto:1 x inline:k|1', 'k=clear:x'],
  ...[
    'Signal = 5',
    'Content-Type: application/dtmf\r\n',
    'sips:a:b@c',
    '10 ; duration=5',
    '12 34 INVITE',
    '127.0.0.1 a # b',
  ],
];

function milliseconds(regex: RegExp, text: string): number {
  regex.lastIndex = 0;
  const before = performance.now();
  text.replace(regex, '');
  return performance.now() - before;
}

/** CPU time, the best of three: a neighbour on the same core is no slowness. */
function bestMs(regex: RegExp, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3 && best >= MOST_MS; i++) {
    const before = process.cpuUsage();
    milliseconds(regex, text);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test('one that looks at everything behind each character would be found', () => {
  const quadratic = /\d+\.\d+$/;
  const times = attacks(quadratic, SAMPLES).map(attack => milliseconds(quadratic, textOf(attack, SCREENED)));
  assert.ok(Math.max(...times) > 0.5, `${Math.max(...times)} ms for ${SCREENED} characters`);
});

for (const folder of ['sip', 'sdp']) {
  const found = regexLiterals(fileURLToPath(new URL(`../../${folder}`, import.meta.url)));

  test(`the regular expressions of firmware/${folder} are found`, () => {
    assert.ok(found.length > (folder === 'sip' ? 60 : 10), `${found.length} of them`);
  });

  for (const { file, regex } of found) {
    test(`64 KiB of whatever it likes least take it no time: ${folder}/${file} ${regex}`, () => {
      const full = BOUNDED[regex.source] ?? FULL;
      const screened = attacks(regex, SAMPLES).map(attack => ({
        attack,
        ms: milliseconds(regex, textOf(attack, Math.min(full, SCREENED))),
      }));
      for (const { attack } of screened.sort((a, b) => b.ms - a.ms).slice(0, TRIED)) {
        const ms = bestMs(regex, textOf(attack, full));
        assert.ok(ms < MOST_MS, `${ms} ms for ${JSON.stringify(attack)}`);
      }
    });
  }
}

test.run();
