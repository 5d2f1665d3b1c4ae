import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkConfig } from './check-config.ts';
import { ConfigError } from './config-error.ts';
import { boxName, loadConfig, parseConfig } from './load.ts';
import { ConfigSchema } from './schema.ts';

function problemsOf(yaml: string): string {
  try {
    parseConfig(yaml, 'box.yaml');
  } catch (error) {
    assert.instance(error, ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error(`this configuration was accepted:\n${yaml}`);
}

test('without a file the gateway comes up on loopback exactly as documented', () => {
  const config = loadConfig(undefined);
  assert.ok(Value.Check(ConfigSchema, config));
  assert.equal(config.http, {
    host: '127.0.0.1',
    port: 8080,
    plain: 'loopback',
    tls: { mode: 'private-ca', names: [], vendorNames: false },
  });
  assert.equal(config.sip.listeners, [
    { transport: 'udp', host: '127.0.0.1', port: 5060, learnAddress: false },
    { transport: 'tcp', host: '127.0.0.1', port: 5060, learnAddress: false },
  ]);
  assert.equal(config.media, {
    host: '127.0.0.1',
    ports: [10000, 20000],
    codecs: ['opus', 'G722', 'PCMU', 'PCMA'],
    forwardPairs: false,
    workers: 1,
  });
  assert.equal(config.mqtt, {
    embedded: { host: '127.0.0.1', port: 1883 },
    version: 3,
    tls: { verify: true },
    requests: false,
    homeAssistant: false,
    queue: { keepHours: 24, maxEvents: 100_000, maxMegabytes: 200 },
  });
  assert.is(config.stateDir, './state');
  assert.is(config.allowPrivateTargets, true);
  assert.equal(config.builtinNumbers, { allowFrom: ['127.0.0.0/8'] });
  assert.equal(config.limits.inactivitySeconds, 300);
  assert.equal(config.limits.callSeconds, 21_600);
  assert.is(config.projects, undefined);
  assert.match(config.box, /^[0-9A-Za-z_.-]{1,63}$/);
});

test('an empty file means the defaults', () => {
  assert.equal(parseConfig('', 'box.yaml'), loadConfig(undefined));
  assert.equal(parseConfig('# nothing yet\n', 'box.yaml'), loadConfig(undefined));
});

test('defaults of one configuration never leak into another', () => {
  loadConfig(undefined).sip.listeners.length = 0;
  assert.is(loadConfig(undefined).sip.listeners.length, 2);
});

test('every documented key is taken', () => {
  const config = parseConfig(
    `
http:    { host: "::1", port: 8081, plain: always, tls: { mode: files, certificateFile: a, keyFile: b, names: [a.example, "::2"], vendorNames: true } }
sip:
  listeners:
    - { transport: udp, host: 0.0.0.0, port: 5062, advertise: "sip.example.com:5070" }
    - { transport: tcp, host: "::", port: 5062, advertise: "[2001:db8::1]:5070" }
media:   { host: 0.0.0.0, ports: [12000, 12999], workers: 2, advertise: 192.0.2.7 }
mqtt:    { url: "mqtts://user:password@broker.example.com:8883" }
stateDir: /var/lib/crosspoint
allowPrivateTargets: false
builtinNumbers: { allowFrom: [10.0.0.0/8, "fd00::/8", 192.0.2.9] }
projects:
  - opentok: { apiKey: "46000001", apiSecret: "a-long-enough-secret", sipMonitoringUrl: "http://127.0.0.1:9/sip", sessionMonitoringUrl: "https://example.com/s" }
  - opentok: { apiKey: "46000002", apiSecret: "another-long-secret" }
box: lobby-1
logLevel: debug
from: { allowAlphanumeric: true }
limits: { ringSeconds: 20 }
version: 1
`,
    'box.yaml',
  );
  assert.is(config.box, 'lobby-1');
  assert.is(config.mqtt.embedded, undefined);
  assert.is(config.limits.ringSeconds, 20);
  assert.is(config.limits.callSeconds, 21_600);
  assert.is(config.projects?.length, 2);
});

const wrong: [what: string, yaml: string, expected: RegExp][] = [
  ['an unknown key at the top', 'http: {}\nhtttp: {}\n', /^box\.yaml:2: htttp: unknown key; did you mean "http"\?/],
  ['an unknown key within', 'http:\n  prot: 1\n', /^box\.yaml:2: http\.prot: unknown key; did you mean "port"\?/],
  ['a key in the wrong case', 'stateDIR: x\n', /did you mean "stateDir"\?/],
  ['a key of another object', 'mqtt:\n  embeded: {}\n', /:2: mqtt\.embeded: .*"embedded"/],
  [
    'an unknown key in a list',
    'sip:\n  listeners:\n    - transport: udp\n      advertize: a\n',
    /:4: sip\.listeners\[0\]\.advertize: .*"advertise"/,
  ],
  ['__proto__', '__proto__: { port: 1 }\n', /__proto__: unknown key/],
  [
    'a text for a port',
    'http: { port: "8080" }\n',
    /:1: http\.port: expected a whole number from 1 to 65535, got the text "8080"/,
  ],
  ['a port out of range', '\n\nhttp: { port: 70000 }\n', /:3: http\.port: .*got the number 70000/],
  ['a fraction', 'media: { workers: 1.5 }\n', /whole number from 1 to 64, got the number 1.5/],
  [
    'a number for a key',
    'projects:\n  - opentok: { apiKey: 46000001, apiSecret: "12345678" }\n',
    /:2: projects\[0\]\.opentok\.apiKey: .*in quotes, got the number/,
  ],
  [
    'a missing secret',
    'projects:\n  - opentok:\n      apiKey: "1"\n',
    /:2: projects\[0\]\.opentok: apiSecret is missing/,
  ],
  ['a project of no kind', 'projects:\n  - {}\n', /projects\[0\]: expected opentok, vonage or twilio, got none/],
  [
    'certificate files without a key',
    'http: { tls: { mode: files, certificateFile: a } }\n',
    /mode files needs keyFile/,
  ],
  ['a certificate file of no use', 'http: { tls: { keyFile: a } }\n', /http\.tls\.keyFile: keyFile is for mode files/],
  ['nobody who may speak HTTP', 'http: { plain: never, tls: { mode: off } }\n', /nobody could speak to the box/],
  ['a name that no certificate has', 'http: { tls: { names: [a_b] } }\n', /names\[0\]: expected a DNS name such as/],
  ['a host name', 'http: { host: localhost }\n', /expected an IP address/],
  [
    'a transport that is not here',
    'sip: { listeners: [ { transport: sctp } ] }\n',
    /expected one of udp, tcp, tls, got the text "sctp"/,
  ],
  ['no listener', 'sip: { listeners: [] }\n', /expected a list of 1 to 16 entries, got a list of 0/],
  ['a bad advertise', 'sip: { listeners: [ { transport: udp, advertise: "a b" } ] }\n', /expected host or host:port/],
  [
    'an advertise with port 0',
    'sip: { listeners: [ { transport: udp, advertise: "a:0" } ] }\n',
    /expected host or host:port/,
  ],
  ['three media ports', 'media: { ports: [1, 2, 3] }\n', /expected two ports, .*got a list of 3/],
  [
    'media ports the wrong way round',
    'media: { ports: [20000, 10000] }\n',
    /:1: media\.ports: the first port \(20000\) must be lower/,
  ],
  ['an odd first media port', 'media: { ports: [10001, 20000] }\n', /must be even, got 10001/],
  [
    'a listener on every address that advertises none',
    'sip: { listeners: [ { transport: udp, host: 0.0.0.0 } ] }\n',
    /needs advertise/,
  ],
  [
    'media on every address that advertises none',
    'media: { host: "::" }\n',
    /media\.host: media on :: needs advertise/,
  ],
  [
    'the same listener twice',
    'sip:\n  listeners:\n    - { transport: udp }\n    - { transport: udp }\n',
    /:4: sip\.listeners\[1\]: a second listener/,
  ],
  ['two brokers', 'mqtt: { embedded: {}, url: "mqtt://a" }\n', /expected embedded or url, got both/],
  ['no broker', 'mqtt: {}\n', /expected embedded or url, got neither/],
  [
    'a version of MQTT that there is not',
    'mqtt: { url: "mqtt://a", version: 4 }\n',
    /mqtt\.version: expected one of 3, 5/,
  ],
  ['TLS without mqtts', 'mqtt: { url: "mqtt://a", tls: { caFile: x } }\n', /mqtt\.tls\.caFile: .*mqtts:/],
  [
    'half a certificate',
    'mqtt: { url: "mqtts://a", tls: { keyFile: x } }\n',
    /certificateFile and keyFile go together/,
  ],
  ['two passwords', 'mqtt: { url: "mqtt://u:p@a", passwordFile: x }\n', /mqtt\.passwordFile: .*one of the two/],
  ['a password of nobody', 'mqtt: { url: "mqtt://a", passwordFile: x }\n', /mqtt\.passwordFile: .*needs a username/],
  ['requests that are taken anyway', 'mqtt: { embedded: {}, requests: true }\n', /mqtt\.requests: .*external broker/],
  ['a broker by http', 'mqtt: { url: "http://a" }\n', /mqtt\.url: expected mqtt:/],
  ['a range that is none', 'builtinNumbers: { allowFrom: [127.0.0.0/33] }\n', /expected an address range/],
  [
    'a webhook by ftp',
    'projects:\n  - opentok: { apiKey: "1", apiSecret: "12345678", sipMonitoringUrl: "ftp://u:hunter22@a/" }\n',
    /expected an http:\/\/ or https:\/\/ URL, got a text of \d+ characters/,
  ],
  ['a text for yes or no', 'allowPrivateTargets: "yes"\n', /expected true or false, got the text "yes"/],
  ['nothing where keys belong', 'limits:\n', /:1: limits: expected a group of keys: .*, got nothing/],
  ['a list for the whole', '- 1\n', /^box\.yaml:1: expected a group of keys/],
  ['a text for the whole', 'hello\n', /expected a group of keys/],
  [
    'the device key',
    'projects:\n  - opentok: { apiKey: device, apiSecret: "12345678" }\n',
    /"device" is kept for the box/,
  ],
  [
    'a file from the future',
    'version: 2\n',
    /:1: version: this file is of version 2; this gateway knows versions up to 1/,
  ],
  ['a version that is none', 'version: first\n', /version: expected a whole number/],
  [
    'two equal project keys',
    'projects:\n  - opentok: { apiKey: "1", apiSecret: "12345678" }\n  - opentok: { apiKey: "1", apiSecret: "87654321" }\n',
    /:3: projects\[1\]\.opentok\.apiKey: "1" is the key of another project above/,
  ],
  ['a duplicate key', 'http: {}\nsip: {}\nhttp: {}\n', /^box\.yaml:3: this key stands twice/],
  ['a tab', 'http:\n\tport: 1\n', /^box\.yaml:2: tabs cannot indent/],
  ['an open bracket', 'http: { port: 1\n', /^box\.yaml:\d: /],
  ['an alias', 'stateDir: *there\n', /^box\.yaml:1: aliases/],
  ['two documents', 'box: a\n---\nbox: b\n', /more than one YAML document/],
];

for (const [what, yaml, expected] of wrong) {
  test(`${what} is refused with the file, the line and what is wrong`, () => assert.match(problemsOf(yaml), expected));
}

test('everything that is wrong is told at once', () => {
  const lines = problemsOf('htp: {}\nmedia: { workers: 0 }\nlogLevel: loud\n').split('\n');
  assert.is(lines.length, 3);
  assert.equal(
    lines.map(line => line.split(':')[1]),
    ['1', '2', '3'],
  );
});

test('no message shows a secret', () => {
  const secret = 'hunter2-hunter2';
  for (const yaml of [
    `projects:\n  - opentok: { apiKey: "1", apiSecret: [${secret}] }\n`,
    `projects:\n  - opentok: { apiKey: "1", apiSecret: *${secret} }\n`,
    `projects:\n  - opentok: { apiKey: "1", apiSecret: "${secret} }\n`,
    `projects:\n  - opentok: { apiKey: "1", apiSecret: "${secret.repeat(40)}" }\n`,
    `mqtt: { url: "http://u:${secret}@a" }\n`,
  ])
    assert.not.match(problemsOf(yaml), secret);
});

test('a file that is not there is an error that names it', () => {
  assert.throws(
    () => loadConfig('/nowhere/box.yaml'),
    (error: Error) => error.message === '/nowhere/box.yaml: there is no such file',
  );
});

test('check-config prints a summary for a good file and the errors for a bad one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  try {
    const file = join(folder, 'box.yaml');
    const printed: string[] = [];
    writeFileSync(file, 'http: { port: 8081 }\n');
    assert.is(
      checkConfig(file, line => printed.push(line)),
      0,
    );
    assert.match(printed.join('\n'), /box\.yaml: ok\n {2}http {6}127\.0\.0\.1 port 8081/);
    writeFileSync(file, 'http: { prt: 8081 }\n');
    assert.is(
      checkConfig(file, line => printed.push(line)),
      1,
    );
    assert.match(printed.at(-1) ?? '', /box\.yaml:1: http\.prt: unknown key; did you mean "port"/);
    assert.is(
      checkConfig(undefined, line => printed.push(line)),
      2,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a host name becomes a plain level of an MQTT topic', () => {
  assert.is(boxName('gw/1+#.local'), 'gw-1-.local');
  assert.is(boxName(''), 'box');
});

test.run();
