import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SRTP_SUITES } from '../../pipelines/protocol/srtp-suites.ts';
import { checkConfig } from './check-config.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './load.ts';

const EXAMPLE = new URL('../../provisioning/examples/trunks.yaml', import.meta.url);

function problemsOf(yaml: string): string {
  try {
    parseConfig(yaml, 'box.yaml');
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error(`this configuration was accepted:\n${yaml}`);
}

test('the documented example is accepted and told of', () => {
  const printed: string[] = [];
  assert.is(
    checkConfig(EXAMPLE.pathname, line => printed.push(line)),
    0,
    printed.join('\n'),
  );
  assert.match(printed.join('\n'), /trunks {4}carrier \(3 targets\), pbx \(1 target\), branch \(1 target\)/);
  assert.match(printed.join('\n'), /numbers {3}7/);
});

test('a trunk of a name and a target has the documented defaults', () => {
  const { trunks, policy, sip, numbers } = parseConfig('trunks: [{ name: a, targets: ["sip:a"] }]', 'box.yaml');
  assert.equal(trunks, [
    {
      name: 'a',
      targets: ['sip:a'],
      balance: 1,
      optionsSeconds: 60,
      sources: [],
      registrations: false,
      codecOrder: 'theirs',
      media: 'rtp',
      srtpSuites: [...SRTP_SUITES],
      dtlsSetup: 'active',
      rtpFrom: 'learn-once',
      rtcpMux: 'accept',
      keepAliveSeconds: 15,
      tls: { pins: [], verify: true },
      identity: {
        asserted: 'none',
        trustIncoming: false,
        privacy: 'honour',
        diversion: 'drop',
        alphanumeric: false,
      },
      numbers: { in: { trunkPrefix: '0', international: '00' }, out: 'e164' },
      earlyMedia: 'relay',
      dtmf: { accept: ['rfc4733', 'info'], send: 'auto' },
      gain: { receiveDb: 0, sendDb: 0 },
      audioProcessing: { noiseSuppression: false, gainControl: false },
      refer: 'refuse',
      replaces: 'refuse',
      messages: 'refuse',
      headers: { pass: ['X-*', 'User-to-User'] },
      limits: { calls: 100, callsPerSecond: 10 },
    },
  ]);
  assert.equal(policy, { emergency: { numbers: ['112', '999', '911'], action: 'refuse' } });
  assert.is(sip.strangers, 'silent');
  assert.equal(sip.sessionTimer, { intervalSeconds: 1800, minSeconds: 90 });
  assert.equal(numbers, []);
});

test('a policy that says something else still refuses emergency numbers', () => {
  const { policy } = parseConfig('policy: { denyPrefixes: ["+44900"] }', 'box.yaml');
  assert.equal(policy.emergency, { numbers: ['112', '999', '911'], action: 'refuse' });
});

test('a TLS listener takes port 5061 unless it names one', () => {
  const tls = 'transport: tls, certificateFile: a.crt, keyFile: a.key';
  const { sip } = parseConfig(`sip: { listeners: [{ ${tls} }, { ${tls}, port: 5071 }] }`, 'box.yaml');
  assert.equal(
    sip.listeners.map(({ port }) => port),
    [5061, 5071],
  );
});

/** The text of a trunk called "a" with these keys. */
const trunk = (keys: string) => `trunks:\n  - name: a\n    targets: ["sip:a"]\n    ${keys}\n`;
const number = (keys: string) => `trunks: [{ name: carrier, targets: ["sip:a"] }]\nnumbers:\n  - { ${keys} }\n`;

const wrong: [what: string, yaml: string, expected: RegExp][] = [
  ['a misspelt key', trunk('optionSeconds: 1'), /:4: trunks\[0\]\.optionSeconds: .*did you mean "optionsSeconds"/],
  ['a name in capitals', 'trunks: [{ name: Carrier, targets: ["sip:a"] }]', /lower-case letters, digits or hyphens/],
  [
    'two trunks of a name',
    'trunks: [{ name: a, targets: ["sip:a"] }, { name: a, targets: ["sip:b"] }]',
    /trunks\[1\]\.name: "a" is the name of another/,
  ],
  ['a trunk that does nothing', 'trunks: [{ name: a }]', /trunks\[0\]: a trunk needs targets/],
  [
    'a time-out that is too short',
    'trunks: [{ name: a, targets: ["sip:a;timeout=100"] }]',
    /trunks\[0\]\.targets\[0\]: timeout= must be 2000 to 20000/,
  ],
  [
    'a target that is no URI',
    'trunks: [{ name: a, targets: ["a.example.com"] }]',
    /targets\[0\]: a target starts with sip:/,
  ],
  [
    'a trunk as target of a trunk',
    'trunks: [{ name: a, targets: ["trunk:b"] }]',
    /a trunk cannot lead to another trunk/,
  ],
  ['registered without registrations', 'trunks: [{ name: a, targets: [registered] }]', /needs registrations: true/],
  ['registrations without a login', trunk('registrations: true'), /registrations: registrations need login/],
  ['more that share than there are', trunk('balance: 2'), /balance: 2 targets cannot share the calls: there are 1/],
  [
    'plain media where SRTP is a must',
    'trunks: [{ name: a, media: srtp, targets: ["sip:a;media=rtp"] }]',
    /media=rtp contradicts media: srtp/,
  ],
  [
    'a registrar that is a trunk',
    trunk('register: { registrar: "trunk:b", user: u }'),
    /register\.registrar: a registrar is a sip: or sips: URI/,
  ],
  ['a registration of nobody', trunk('register: {}'), /register: register needs user/],
  [
    'a registration nowhere',
    'trunks: [{ name: a, sources: [192.0.2.1], register: { user: u } }]',
    /register needs registrar/,
  ],
  ['a certificate without a key', trunk('tls: { certificateFile: a.crt }'), /tls: certificateFile needs keyFile/],
  ['a pin that is none', trunk('tls: { pins: ["abc"] }'), /pins\[0\]: expected base64 of the SHA-256/],
  [
    'national numbers of no country',
    trunk('numbers: { out: national }'),
    /numbers\.out: national numbers need numbers\.in\.country/,
  ],
  ['a country without quotes', trunk('numbers: { in: { country: 44 } }'), /in quotes, got the number 44/],
  ['a codec that is not here', trunk('codecs: [OPUSS]'), /codecs\[0\]: expected one of PCMU, PCMA/],
  ['a range that is none', trunk('sources: [192.0.2.0/33]'), /sources\[0\]: expected an address range/],
  [
    'sources of two trunks',
    'trunks: [{ name: a, sources: [192.0.2.0/24] }, { name: b, sources: [192.0.2.7] }]',
    /trunks\[1\]\.sources: 192\.0\.2\.7 belongs to trunk "a" too/,
  ],
  [
    'a login of two trunks',
    'trunks: [{ name: a, login: { username: u, password: p } }, { name: b, login: { username: u, password: q } }]',
    /trunks\[1\]\.login\.username: "u" is the login of another/,
  ],
  [
    'auth without targets',
    'trunks: [{ name: a, sources: [192.0.2.1], auth: { username: u, password: p } }]',
    /auth is for calls to targets/,
  ],
  ['a header pattern that is none', trunk('headers: { pass: ["X *"] }'), /pass\[0\]: expected a header name/],
  ['no calls at all', trunk('limits: { calls: 0 }'), /limits\.calls: expected a whole number from 1/],
  [
    'a prefix that is none',
    'policy: { allowPrefixes: ["+44x"] }',
    /policy\.allowPrefixes\[0\]: expected the start of a number/,
  ],
  ['a domain that is none', 'policy: { denyDomains: ["*.*"] }', /policy\.denyDomains\[0\]: expected a domain/],
  ['an emergency action that is none', 'policy: { emergency: { action: maybe } }', /one of refuse, allow/],
  [
    'a route without a number',
    number('to: { room: a }'),
    /numbers\[0\]: expected one of number, prefix, pattern, got none/,
  ],
  ['a route with two numbers', number('number: "1", prefix: "2", to: { room: a }'), /got number and prefix/],
  ['a route to nowhere', number('number: "1", to: {}'), /numbers\[0\]\.to: expected one of room, .*, got none/],
  ['a route to two places', number('number: "1", to: { room: a, reject: 404 }'), /got room and reject/],
  [
    'a number without quotes',
    number('number: +442071234567, to: { room: a }'),
    /numbers\[0\]\.number: .*in quotes, got the number 442071234567/,
  ],
  [
    'a forward to an unknown trunk',
    number('number: "1", to: { forward: ["trunk:carier"] }'),
    /:3: numbers\[0\]\.to\.forward\[0\]: there is no trunk "carier"; did you mean "carrier"\?/,
  ],
  [
    'a forward to a trunk without targets',
    'trunks: [{ name: a, sources: [192.0.2.1] }]\nnumbers: [{ number: "1", to: { forward: ["trunk:a"] } }]',
    /trunk "a" has no targets/,
  ],
  [
    'a forward to a bad target',
    number('number: "1", to: { forward: ["sip:a;timeout=1"] }'),
    /forward\[0\]: timeout= must be/,
  ],
  ['a forward to "registered"', number('number: "1", to: { forward: [registered] }'), /write trunk:name here/],
  [
    'a route from an unknown trunk',
    number('number: "1", trunk: pbx, to: { room: a }'),
    /numbers\[0\]\.trunk: there is no trunk "pbx"/,
  ],
  [
    'a route of an unknown project',
    number('number: "1", project: "1", to: { room: a }'),
    /there is no project "1"; projects names none/,
  ],
  [
    'a number that stands twice',
    'numbers: [{ number: "1", to: { room: a } }, { number: "1", to: { room: b } }]',
    /numbers\[1\]: 1 has a route above/,
  ],
  ['a success as a refusal', number('number: "1", to: { reject: 200 }'), /whole number from 400 to 699/],
  [
    'a TLS listener without a certificate',
    'sip: { listeners: [{ transport: tls, keyFile: a }] }',
    /listeners\[0\]: a tls listener needs certificateFile/,
  ],
  [
    'a certificate on UDP',
    'sip: { listeners: [{ transport: udp, keyFile: a }] }',
    /keyFile is for transport tls, not udp/,
  ],
  [
    'TLS on the port of TCP',
    'sip: { listeners: [{ transport: tcp }, { transport: tls, port: 5060, certificateFile: a, keyFile: b }] }',
    /listeners\[1\]: a second listener/,
  ],
  [
    'an address both told and learned',
    'sip: { listeners: [{ transport: udp, advertise: a, learnAddress: true }] }',
    /expected advertise or learnAddress/,
  ],
  [
    'a session interval below its minimum',
    'sip: { sessionTimer: { intervalSeconds: 100, minSeconds: 200 } }',
    /intervalSeconds \(100\) must not be below/,
  ],
  ['a name server by name', 'sip: { dnsServers: [ns.example.com] }', /dnsServers\[0\]: expected an IP address/],
];

for (const [what, yaml, expected] of wrong) {
  test(`${what} is refused with its place and what is wrong`, () => assert.match(problemsOf(yaml), expected));
}

test('what looks alike but is no conflict is accepted', () => {
  for (const yaml of [
    'trunks: [{ name: a, sources: [192.0.2.0/24] }, { name: b, sources: [192.0.2.7], login: { username: u, password: p } }]',
    'trunks: [{ name: a, targets: [registered], registrations: true, login: { username: u, password: p } }]',
    'trunks: [{ name: a, targets: ["sip:a;media=srtp"] }]',
    'numbers: [{ number: "1", to: { room: a } }, { prefix: "1", to: { room: b } }, { pattern: any, to: { reject: 404 } }]',
    'trunks: [{ name: a, targets: ["sip:a"] }]\nnumbers: [{ number: "1", to: { room: a } }, { number: "1", trunk: a, to: { room: b } }]',
    'sip: { dnsServers: ["127.0.0.1:5353", "192.0.2.53", "[::1]:53"] }',
    'policy: { allowPrefixes: ["+"], allowDomains: ["*.example.com", "192.0.2.1", "2001:db8::1"] }',
  ])
    parseConfig(yaml, 'box.yaml');
});

test('no message shows a password', () => {
  const secret = 'hunter2-hunter2';
  for (const yaml of [
    `trunks: [{ name: a, targets: ["sip:u:${secret}@a"] }]`,
    `trunks: [{ name: a, targets: ["sip:a"], auth: { username: u, password: [${secret}] } }]`,
    `trunks: [{ name: a, targets: ["sip:a"], login: { username: u, password: "${secret.repeat(20)}" } }]`,
  ])
    assert.not.match(problemsOf(yaml), secret);
});

test.run();
