import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isCrosspointError } from '../../../base/errors.ts';
import type { Action } from '../../../scripts/action.ts';
import { compileDocument, compileTwiml } from './compile.ts';

const test = suite('TwiML');
const BASE = new URL('https://app.example.com/voice/start');

const read = (body: string) => compileTwiml(`<?xml version="1.0" encoding="UTF-8"?><Response>${body}</Response>`, BASE);
const action = (body: string): Action | undefined => read(body).actions[0];
const warned = (body: string) => read(body).warnings.map(({ code, place }) => `${code} ${place}`);

const verbs: [body: string, expected: Partial<Record<string, unknown>>][] = [
  [
    '<Say voice="Polly.Brian" language="en-GB" loop="2"> Hello &amp; goodbye </Say>',
    { kind: 'say', text: 'Hello & goodbye', language: 'en-GB', voice: 'male', loops: 2 },
  ],
  ['<Say><![CDATA[1 < 2]]></Say>', { text: '1 < 2', language: null, voice: null, loops: 1 }],
  ['<Say voice="Google.de-DE-Standard-A">Hallo</Say>', { language: 'de-DE' }],
  ['<Play>../hello.mp3</Play>', { kind: 'play', what: { url: 'https://app.example.com/hello.mp3' } }],
  ['<Play digits="1wW2"/>', { kind: 'play', what: { digits: '1ppp2' } }],
  ['<Pause length="3"/>', { kind: 'pause', ms: 3000 }],
  ['<Reject reason="busy"/>', { kind: 'reject', as: 'busy' }],
  ['<Hangup/>', { kind: 'hang-up' }],
  ['<Redirect method="GET">/next</Redirect>', { target: { url: 'https://app.example.com/next', method: 'GET' } }],
  ['<Redirect/>', { target: { url: BASE.href, method: 'POST' } }],
  [
    '<Gather numDigits="4" timeout="9" finishOnKey="" action="/pin" actionOnEmptyResult="true"><Say>PIN?</Say></Gather>',
    {
      kind: 'gather',
      firstDigitMs: 9000,
      interDigitMs: 9000,
      maxDigits: 4,
      finishKeys: '',
      tellsNothing: true,
      next: { target: { url: 'https://app.example.com/pin', method: 'POST' }, form: 'gather' },
    },
  ],
  ['<Gather/>', { finishKeys: '#', maxDigits: null, tellsNothing: false, prompts: [] }],
  [
    '<Record maxLength="20" timeout="3" finishOnKey="#" playBeep="false"/>',
    { kind: 'record', maxMs: 20_000, silenceMs: 3000, finishKeys: '#', beep: false, inBackground: false },
  ],
  [
    '<Dial timeout="12" hangupOnStar="true" answerOnBridge="true" record="record-from-answer-dual">+44 20 7123 4567</Dial>',
    { kind: 'connect', ringMs: 12_000, limitMs: 14_400_000, endsOnStar: true, answersWithTarget: true, next: null },
  ],
  [
    '<Dial><Conference muted="true" beep="onEnter" startConferenceOnEnter="false" maxParticipants="3" waitUrl="">Room</Conference></Dial>',
    {
      kind: 'conference',
      room: 'Room',
      canSpeak: false,
      beep: 'enter',
      startsOnEnter: false,
      endsOnExit: false,
      maxMembers: 3,
      wait: null,
    },
  ],
];

for (const [body, expected] of verbs)
  test(body, () => {
    const found = action(body) as unknown as Record<string, unknown>;
    assert.equal(Object.fromEntries(Object.keys(expected).map(key => [key, found?.[key]])), expected);
    assert.equal(warned(body), []);
  });

test('several are dialled at once, each with its own', () => {
  const found = action(
    `<Dial callerId="+15550100"><Number sendDigits="ww1" url="/whisper">+442071234567</Number>
     <Sip username="u" password="p" statusCallback="/s" statusCallbackEvent="ringing answered">sip:bob@example.com;transport=tcp;region=us1?X-A=1&amp;X-B=2</Sip></Dial>`,
  );
  assert.ok(found?.kind === 'connect');
  const [number, sip] = found.targets;
  assert.equal(number?.to, { kind: 'number', number: '+442071234567' });
  assert.equal([number?.sendDigits, number?.whisper?.url], ['pp1', 'https://app.example.com/whisper']);
  assert.equal(sip?.to, { kind: 'sip', uri: 'sip:bob@example.com;transport=tcp' });
  assert.equal(
    [sip?.headers, sip?.auth, sip?.events?.events],
    [
      [
        ['X-A', '1'],
        ['X-B', '2'],
      ],
      { username: 'u', password: 'p' },
      ['ringing', 'answered'],
    ],
  );
});

for (const [body, expected] of [
  ['<Enqueue>x</Enqueue><Say>on</Say>', ['unknown-verb /Response/Enqueue']],
  ['<Say>a</Say><Say volume="9">b</Say>', ['unknown-key /Response/Say[2]/@volume']],
  [
    '<Gather timeout="soon" hints="a"/>',
    ['not-supported /Response/Gather/@hints', 'bad-value /Response/Gather/@timeout'],
  ],
  ['<Gather><Dial>1</Dial></Gather>', ['unknown-verb /Response/Gather/Dial']],
  ['<Play>javascript:alert(1)</Play>', ['bad-value /Response/Play/text()']],
  ['<Dial><Sip>sip:</Sip></Dial>', ['bad-value /Response/Dial/Sip/text()', 'bad-value /Response/Dial']],
  ['<Number>1</Number>', ['unknown-verb /Response/Number']],
  ['<Say></Say>', ['bad-value /Response/Say']],
] as const)
  test(`${body} is warned of in its place`, () => assert.equal(warned(body), expected));

const bomb = `<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "${'&a;'.repeat(50)}">]><Response><Say>&b;</Say></Response>`;
for (const [what, text] of [
  ['HTML', '<!DOCTYPE html><html><body>404</body></html>'],
  ['HTML that is well-formed', '<html><body>404</body></html>'],
  ['nothing', ''],
  ['JSON', '[{"action":"talk"}]'],
  ['what is not closed', '<Response><Say>Hello'],
  ['an entity bomb', bomb],
  ['an entity of nobody', '<Response><Say>&nbsp;</Say></Response>'],
  ['a file by entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><Response>&x;</Response>'],
  ['deep nesting', `<Response>${'<Gather>'.repeat(100)}${'</Gather>'.repeat(100)}</Response>`],
  ['a million elements', `<Response>${'<Say/>'.repeat(1e5)}</Response>`],
  ['a long attribute', `<Response><Say voice="${'x'.repeat(1e5)}">a</Say></Response>`],
  ['two roots', '<Response/><Response/>'],
] as const)
  test(`${what} is no script`, () => {
    const startedAt = performance.now();
    try {
      compileTwiml(text, BASE);
      assert.unreachable();
    } catch (error) {
      assert.ok(isCrosspointError(error) && error.code === 'script.not-a-script', String(error));
    }
    assert.ok(performance.now() - startedAt < 500);
  });

test('text is no TwiML, however it looks', () => {
  const document = { url: BASE, contentType: 'text/plain', text: '<Response/>' };
  assert.throws(
    () => compileDocument(document),
    (error: unknown) => isCrosspointError(error) && error.code === 'script.not-a-script',
  );
});

test('a document that is damaged anywhere is read, or is no script: nothing else', () => {
  const whole = `<Response>${verbs.map(([body]) => body).join('')}</Response>`;
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  for (let round = 0; round < 2_000; round++) {
    const at = random(whole.length);
    const put = '<>&"\'/= \0\u{1f4a9}aA0'.charAt(random(16));
    const text = whole.slice(0, at) + put + whole.slice(at + random(4));
    try {
      compileTwiml(text, round % 2 ? BASE : null);
    } catch (error) {
      assert.ok(isCrosspointError(error) && error.code === 'script.not-a-script', `${error} of ${text}`);
    }
  }
});

test.run();
