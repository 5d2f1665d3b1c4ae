import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { DnsServer } from '../../firmware/sip/resolver/dns-server.fixture.ts';
import { Authority } from '../rig/certificates.ts';
import { freePort } from '../rig/free-ports.ts';
import { Kamailio } from '../rig/kamailio.ts';
import { type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

/** Hosts of one proxy, each a trunk of its own that secures its connections in its own way. */
const HOSTS = ['mutual.test', 'nobody.test', 'pinned.test', 'mispinned.test', 'secure.test'] as const;

const authority = new Authority();
const stranger = new Authority('somebody else');
const proxyCertificate = authority.issue(...HOSTS);
const boxCertificate = authority.issue('box.test', '127.0.0.1');
const names = await new DnsServer({}).start();
const [sip, tls, mutualTls] = [await freePort(), await freePort(), await freePort()];

const pinOf = (file: string) =>
  createHash('sha256')
    .update(new X509Certificate(readFileSync(file)).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

const client = authority.issue('client.box.test');
const trunk = (host: string, more: object) => ({
  name: host.replace('.', '-'),
  targets: [`sip:${host}:9;transport=tls`],
  optionsSeconds: 0,
  tls: { caFile: authority.caFile, ...more },
});

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      sip: {
        dnsServers: [names.address],
        listeners: [
          { transport: 'udp', host: '127.0.0.1', port: sip },
          { transport: 'tls', host: '127.0.0.1', port: tls, ...boxCertificate },
          { transport: 'tls', host: '127.0.0.1', port: mutualTls, ...boxCertificate, clientCaFile: authority.caFile },
        ],
      },
      builtinNumbers: { allowFrom: [] },
      trunks: [
        { ...trunk('mutual.test', client), sources: ['127.0.0.1'] },
        trunk('nobody.test', {}),
        trunk('pinned.test', { pins: [pinOf(proxyCertificate.certificateFile)] }),
        trunk('mispinned.test', { pins: [pinOf(client.certificateFile)] }),
        trunk('secure.test', {}),
      ],
      numbers: [{ number: '500', to: { builtin: 'tone' } }],
    },
  },
});

/** A proxy with a phone behind it. */
async function proxied(clientCaFile?: string, scenario = 'answer-hang-up'): Promise<{ proxy: Kamailio; phone: Phone }> {
  const phone = await startPhone(rig, { frequencyHz: 500, scenario });
  const secured = { ...proxyCertificate, ...(clientCaFile !== undefined && { clientCaFile }) };
  const proxy = rig.keep(await Kamailio.start({ routes: { bob: [phone.uri] }, tls: secured }));
  names.zone = {
    a: Object.fromEntries([...HOSTS, 'other.test'].map(host => [host, ['127.0.0.1']])),
    srv: {
      '_sips._tcp.secure.test': [{ target: 'mutual.test', port: proxy.tlsPort, priority: 1, weight: 1 }],
    },
  };
  return { proxy, phone };
}

/** How a call to that URI went, in brief. */
async function storyOf(uri: string): Promise<string[]> {
  const { application } = rig.box;
  const { connectionId } = await application.dial(await application.createSession(), uri);
  return (await rig.webhook.story(connectionId)).map(briefly);
}

const WELL = ['callCreated', 'DIALING', 'ACTIVE', 'HANGUP', 'callDestroyed 700'];
const REFUSED = ['callCreated', 'DIALING', 'HANGUP', 'callDestroyed 503'];
/** Whether the phone rang first is its own business. */
const withoutRinging = (story: string[]) => story.filter(each => each !== 'RINGING');

rig.test('a proxy that wants a certificate is shown ours, and told which host we want', async () => {
  const { proxy, phone } = await proxied(authority.caFile);
  assert.equal(withoutRinging(await storyOf(`sip:bob@mutual.test:${proxy.tlsPort};transport=tls`)), WELL);
  assert.match(proxy.output(), 'asked for mutual.test by client.box.test');
  const [invite = ''] = phone.sip.requests('INVITE');
  assert.match(invite, new RegExp(`^Via: SIP/2\\.0/TLS 127\\.0\\.0\\.1:${tls};`, 'm'));
  // CONTRACT §1.4: TLS protects the signalling alone.
  assert.match(invite, /^m=audio \d+ RTP\/AVP /m);
  assert.match(invite, /^Contact: <sip:[^>]*;transport=tls/m);
});

rig.test('without one it does not let us in', async () => {
  const { proxy, phone } = await proxied(authority.caFile);
  assert.equal(await storyOf(`sip:bob@nobody.test:${proxy.tlsPort};transport=tls`), REFUSED);
  assert.equal(phone.sip.requests('INVITE'), []);
});

rig.test('the key that is pinned is believed', async () => {
  const { proxy } = await proxied();
  assert.equal(withoutRinging(await storyOf(`sip:bob@pinned.test:${proxy.tlsPort};transport=tls`)), WELL);
});

for (const [host, what] of [
  ['mispinned.test', 'another key than the pinned one'],
  ['other.test', 'a certificate for other names'],
] as const) {
  rig.test(`${what} is not, and hears no word`, async () => {
    const { proxy, phone } = await proxied();
    assert.equal(await storyOf(`sip:bob@${host}:${proxy.tlsPort};transport=tls`), REFUSED);
    assert.equal(phone.sip.requests('INVITE'), []);
    assert.not.match(proxy.output(), 'asked for');
  });
}

rig.test('sips: is found by _sips._tcp, checked for its own name, and stays sips:', async () => {
  const { application } = rig.box;
  // SIPp cannot say sips: in a request of its own: we hang up.
  const { proxy, phone } = await proxied(undefined, 'answer');
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, 'sips:bob@secure.test');
  await phone.sip.logged('ANSWERED');
  await application.hangUp(session, connectionId);
  await phone.sip.logged('ENDED');
  assert.ok(names.asked.includes('SRV _sips._tcp.secure.test'));
  assert.match(proxy.output(), 'asked for secure.test by');
  const [invite = ''] = phone.sip.requests('INVITE');
  assert.match(invite, /^To: <sips:bob@secure\.test>/m);
  assert.match(invite, /^Contact: <sips:/m);
});

/** SIPp calls 500 of the box through a proxy that shows that certificate on its way to the box. */
async function calledThrough(certificate: { certificateFile: string; keyFile: string }): Promise<Sipp> {
  const routes = { 500: [`sip:500@127.0.0.1:${mutualTls};transport=tls`] };
  const proxy = rig.keep(await Kamailio.start({ routes, tls: certificate }));
  const remote = { host: '127.0.0.1', port: proxy.port };
  return rig.keep(await Sipp.start({ scenario: 'call', user: '500', remote, keys: { hold_ms: 300 }, limitSeconds: 8 }));
}

rig.test('where we want a certificate, a proxy that shows one of that authority comes in and goes', async () => {
  const caller = await calledThrough(proxyCertificate);
  await caller.succeeded();
  const answer = caller.messages().find(({ sent, text }) => !sent && text.startsWith('SIP/2.0 200'))?.text ?? '';
  assert.match(answer, new RegExp(`^Contact: <sip:[^>]*@?127\\.0\\.0\\.1:${mutualTls};transport=tls`, 'm'));
  await rig.box.idle();
});

rig.test('one of another authority stays outside', async () => {
  const caller = await calledThrough(stranger.issue('127.0.0.1'));
  await caller.ended();
  assert.not.ok(caller.messages().some(({ sent, text }) => !sent && text.startsWith('SIP/2.0 200')));
  assert.equal(await rig.box.calls(), []);
});

/** What OpenSSL's own client says of a handshake with one of our listeners. */
function handshake(port: number, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(
    'openssl',
    ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', authority.caFile, '-verify_return_error', ...args],
    // A stranger's first words, which end the connection: it is silent to them.
    { input: 'OPTIONS sip:x SIP/2.0\r\n\r\n', encoding: 'utf8', timeout: 15_000 },
  );
  return stdout + stderr;
}

rig.test('TLS 1.0 and 1.1 are not spoken; 1.2 and 1.3 are, with the chain of our authority', () => {
  for (const old of ['-tls1', '-tls1_1']) {
    const said = handshake(tls, old, '-cipher', 'DEFAULT@SECLEVEL=0');
    assert.match(said, /alert protocol version|unsupported protocol/);
    assert.match(said, /Cipher is \(NONE\)/);
  }
  for (const [option, version] of [
    ['-tls1_2', 'TLSv1.2'],
    ['-tls1_3', 'TLSv1.3'],
  ] as const) {
    const said = handshake(tls, option);
    assert.match(said, /Verify return code: 0 \(ok\)/);
    assert.match(said, new RegExp(`New, ${version}, Cipher is (?!\\(NONE\\))`));
  }
});

rig.test('a certificate that is replaced is shown from then on, without a restart', async () => {
  const shown = () => new X509Certificate(/-----BEGIN[\s\S]*?END CERTIFICATE-----/.exec(handshake(tls))?.[0] ?? '');
  const before = shown().serialNumber;
  const { certificateFile } = authority.issue('box.test', '127.0.0.1');
  assert.is(certificateFile, boxCertificate.certificateFile);
  const { serialNumber } = new X509Certificate(readFileSync(certificateFile));
  assert.is.not(serialNumber, before);
  assert.is(shown().serialNumber, before);
  process.kill(rig.own.pid, 'SIGHUP');
  await until('the new certificate', () => shown().serialNumber === serialNumber, { everyMs: 100 });
});

rig.test('the name server can go', () => names.close());

rig.run();
