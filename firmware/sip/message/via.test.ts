import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { formatVia, parseVia, type Via } from './via.ts';

const READ: [text: string, via: Via, written?: string][] = [
  [
    'SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bK776asdhds',
    { transport: 'UDP', host: 'pc33.atlanta.com', port: null, params: new Map([['branch', 'z9hG4bK776asdhds']]) },
  ],
  [
    'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.207;rport=1234',
    {
      transport: 'TCP',
      host: '192.0.2.1',
      port: 5060,
      params: new Map([
        ['branch', 'z9hG4bK1'],
        ['received', '192.0.2.207'],
        ['rport', '1234'],
      ]),
    },
  ],
  // RFC 3261 §20.42
  [
    'SIP / 2.0 / UDP first.example.com: 4000;ttl=16\t;maddr=224.2.0.1 ;branch = z9hG4bKa7c6a8dlze.1 ; rport',
    {
      transport: 'UDP',
      host: 'first.example.com',
      port: 4000,
      params: new Map([
        ['ttl', '16'],
        ['maddr', '224.2.0.1'],
        ['branch', 'z9hG4bKa7c6a8dlze.1'],
        ['rport', null],
      ]),
    },
    'SIP/2.0/UDP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1;rport',
  ],
  [
    'sip/2.0/udp [2001:DB8::9:1]:5061;BRANCH=z9hG4bKas3-111;received=[2001:db8::9:255]',
    {
      transport: 'UDP',
      host: '2001:db8::9:1',
      port: 5061,
      params: new Map([
        ['branch', 'z9hG4bKas3-111'],
        ['received', '[2001:db8::9:255]'],
      ]),
    },
    'SIP/2.0/UDP [2001:db8::9:1]:5061;branch=z9hG4bKas3-111;received=[2001:db8::9:255]',
  ],
];

for (const [text, via, written] of READ) {
  test(`a Via is read and written again: ${text.slice(0, 40)}`, () => {
    assert.equal(parseVia(text), via);
    assert.is(formatVia(via), written ?? text);
  });
}

for (const text of [
  '',
  'SIP/2.0/UDP',
  'SIP/2.0/UDP ;branch=z9hG4bK1',
  'SIP/3.0/UDP host',
  'HTTP/2.0/UDP host',
  'SIP/2.0 host',
  'SIP/2.0/UDP host:0',
  'SIP/2.0/UDP host:99999',
  'SIP/2.0/UDP host host',
  'SIP/2.0/UDP host, SIP/2.0/UDP host',
  'SIP/2.0/UDP host;branch="open',
  'SIP/2.0/UDP host;branch="a"b',
  'SIP/2.0/UDP host;bra nch=1',
  `SIP/2.0/UDP host${Array.from({ length: 70 }, (_, i) => `;x${i}`).join('')}`,
]) {
  test(`what is no Via is refused: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(
      () => parseVia(text),
      (error: unknown) => error instanceof SipParseError,
    );
  });
}

test.run();
