import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from './load.ts';

const PROBLEMS: [yaml: string, problem: RegExp][] = [
  ['webrtc: { port: 10000 }', /10000 lies in media\.ports, 10000 to 20000/],
  ['webrtc: { port: 9999 }\nmedia: { workers: 2 }', /9999 to 10000 \(a port for each worker\) lies in media\.ports/],
  ['webrtc: { port: 65535 }\nmedia: { workers: 2 }', /goes beyond 65535/],
  ['webrtc: { port: 5060 }', /5060 is taken by the sip listener on udp port 5060/],
  ['webrtc: { tcpPort: 8080 }', /webrtc\.tcpPort: 8080 is taken by http\.port/],
  [
    'webrtc: { tcpPort: 1882 }\nmedia: { workers: 2 }',
    /1882 to 1883 \(a port for each worker\) is taken by mqtt\.embedded/,
  ],
  ['webrtc: { port: 8080 }', /webrtc\.tcpPort: 8080 is taken by http\.port/],
  ['webrtc: { tcpPort: 65535 }\nmedia: { workers: 2 }', /goes beyond 65535/],
  ['webrtc: { hosts: [0.0.0.0] }', /expected an address that can be sent to, got 0\.0\.0\.0/],
  ['webrtc: { advertise: ["::"] }', /expected an address that can be sent to, got ::/],
  ['webrtc: { advertise: box.example.com }', /webrtc\.advertise/],
  ['webrtc: { peers: { perSession: 0 } }', /webrtc\.peers\.perSession/],
  ['webrtc: { video: { codecs: [VP9] } }', /webrtc\.video\.codecs\[0\]: expected one of VP8, H264/],
];

for (const [yaml, problem] of PROBLEMS)
  test(`${yaml.replace('\n', ', ')} is refused`, () => {
    assert.throws(() => parseConfig(yaml, 'box.yaml'), problem);
  });

test('what is switched off clashes with nothing', () => {
  assert.is(parseConfig('webrtc: { enabled: false, port: 10000 }', 'box.yaml').webrtc.enabled, false);
});

test('TCP has a port of its own, or none', () => {
  assert.is(parseConfig('webrtc: { tcpPort: 443 }', 'box.yaml').webrtc.tcpPort, 443);
  assert.is(parseConfig('webrtc: { tcpPort: 0, port: 8080 }', 'box.yaml').webrtc.tcpPort, 0);
});

test('browsers are let in on port 3480 where nothing else is said', () => {
  assert.equal(parseConfig('', 'box.yaml').webrtc, {
    enabled: true,
    port: 3480,
    video: { codecs: ['VP8', 'H264'], maxKbps: 2500 },
    peers: { perSession: 500, inAll: 2000 },
  });
});

test.run();
