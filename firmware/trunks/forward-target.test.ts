import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../base/errors.ts';
import { type ForwardTarget, parseForwardTarget } from './forward-target.ts';

const READ: [text: string, expected: Record<string, unknown>][] = [
  ['sip:1234@example.com', { requestUri: 'sip:1234@example.com', timeoutMs: 5000, transport: null, media: null }],
  [
    'sip:1234@example.com:5062;transport=tls;timeout=2000;media=srtp',
    { requestUri: 'sip:1234@example.com:5062;transport=tls', timeoutMs: 2000, transport: 'tls', media: 'srtp' },
  ],
  ['sip:a@b;timeout=20000;user=phone', { requestUri: 'sip:a@b;user=phone', timeoutMs: 20_000 }],
  ['sips:a@b', { requestUri: 'sips:a@b', transport: 'tls', media: null }],
  ['sips:a@b;transport=tcp', { requestUri: 'sips:a@b;transport=tcp', transport: 'tls' }],
  [
    'sip:a@b;secure=true;region=us1;edge=ashburn',
    { requestUri: 'sip:a@b;transport=tls', transport: 'tls', media: 'srtp' },
  ],
  ['sip:a@b;secure=false;transport=TCP', { requestUri: 'sip:a@b;transport=TCP', transport: 'tcp', media: null }],
  ['sip:[2001:db8::1]:5070', { requestUri: 'sip:[2001:db8::1]:5070' }],
  ['registered', { kind: 'registered', timeoutMs: 5000, media: null }],
  ['registered;timeout=3000;media=prefer-srtp', { kind: 'registered', timeoutMs: 3000, media: 'prefer-srtp' }],
  ['trunk:carrier', { kind: 'trunk', trunk: 'carrier', number: null, timeoutMs: null, media: null }],
  ['trunk:carrier/+442071234567;timeout=2500', { trunk: 'carrier', number: '+442071234567', timeoutMs: 2500 }],
];

for (const [text, expected] of READ) {
  test(`${text} is understood`, () => {
    const target: ForwardTarget = parseForwardTarget(text);
    const shown = Object.fromEntries(Object.entries(target).filter(([name]) => name in expected));
    assert.equal(shown, expected);
  });
}

const REFUSED: [text: string, message: RegExp][] = [
  ['', /starts with sip:, sips: or trunk:/],
  ['pbx.example.com', /starts with sip:/],
  ['http://a', /starts with sip:/],
  ['sip:', /the host/],
  ['sip:a@b;timeout=1999', /timeout= must be 2000 to 20000 milliseconds/],
  ['sip:a@b;timeout=20001', /timeout= must be/],
  ['sip:a@b;timeout', /timeout= must be/],
  ['sip:a@b;timeout=5s', /timeout= must be/],
  ['sip:a@b;timeout=5000;timeout=6000', /stands twice/],
  ['sip:a@b;timout=5000', /did you mean ;timeout\?/],
  ['sip:a@b;tranport=tls', /did you mean ;transport\?/],
  ['sip:a@b;transport=sctp', /transport= must be udp, tcp or tls/],
  ['sip:a@b;transport', /transport= must be/],
  ['sip:a@b;media=zrtp', /media= must be rtp, srtp, prefer-srtp/],
  ['sip:a@b;secure=yes', /secure= must be/],
  ['sip:a@b;secure=true;transport=udp', /secure=true and transport=udp contradict/],
  ['sip:a@b;secure=true;media=rtp', /secure=true and media=rtp contradict/],
  ['sips:a@b;transport=udp', /sips: and transport=udp contradict/],
  ['sip:a:hunter22@b', /no password belongs in a target/],
  ['sip:a@b?X-A=1', /headers .* not supported/],
  ['tel:+442071234567', /write trunk:name\/number/],
  ['trunk:', /expected trunk:name/],
  ['trunk:Carrier', /expected trunk:name/],
  ['trunk:carrier/', /expected trunk:name/],
  ['trunk:carrier;transport=tls', /only ;timeout= and ;media=/],
  ['registered;timeout=1', /timeout= must be/],
  ['registered;media=srtp;media=rtp', /stands twice/],
];

for (const [text, message] of REFUSED) {
  test(`"${text}" is refused in words that help`, () => {
    assert.throws(
      () => parseForwardTarget(text),
      (error: unknown) =>
        isCrosspointError(error) &&
        error.code === 'config.bad-target' &&
        message.test(error.message) &&
        !error.message.includes('hunter22'),
    );
  });
}

test.run();
