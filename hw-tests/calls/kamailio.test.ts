import * as assert from 'uvu/assert';
import { Authority } from '../rig/certificates.ts';
import { freePort } from '../rig/free-ports.ts';
import { Kamailio, type KamailioOptions } from '../rig/kamailio.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const authority = new Authority();
const { certificateFile, keyFile } = authority.issue('127.0.0.1');
const [sipPort, tlsPort] = [await freePort(), await freePort()];
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      sip: {
        listeners: [
          { transport: 'udp', host: '127.0.0.1', port: sipPort },
          { transport: 'tcp', host: '127.0.0.1', port: sipPort },
          // Kamailio opens a connection of its own for what it has to say.
          { transport: 'tls', host: '127.0.0.1', port: tlsPort, certificateFile, keyFile },
        ],
      },
      trunks: [
        {
          name: 'secure',
          targets: ['sip:127.0.0.1:9;transport=tls'],
          optionsSeconds: 0,
          tls: { caFile: authority.caFile },
        },
      ],
    },
  },
});

const CHALLENGE = {
  challenge_status: 401,
  challenge: 'WWW-Authenticate: Digest realm="phone", nonce="f00d", algorithm=MD5, qop="auth"',
};

async function proxied(options: KamailioOptions): Promise<Kamailio> {
  return rig.keep(await Kamailio.start(options));
}

for (const transport of ['udp', 'tcp'] as const) {
  rig.test(`a call goes through a proxy that records its route, and so does its end (${transport})`, async () => {
    const { application } = rig.box;
    const phone = await startPhone(rig, { frequencyHz: 500 });
    const proxy = await proxied({ routes: { bob: [phone.uri] } });
    const session = await application.createSession();
    const { connectionId } = await application.dial(session, proxy.uri('bob', transport));
    await rig.webhook.state(connectionId, 'ACTIVE');
    await phone.sip.logged('ANSWERED');
    await application.hangUp(session, connectionId);
    await phone.sip.logged('ENDED');
    const [bye = ''] = phone.sip.requests('BYE');
    assert.is((bye.match(/^Via:/gm) ?? []).length, 2, 'ours and that of the proxy');
    await phone.sip.succeeded();
  });
}

rig.test('the phone behind the proxy hangs up', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'answer-hang-up' });
  const proxy = await proxied({ routes: { bob: [phone.uri] } });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, proxy.uri('bob'));
  const story = await rig.webhook.story(connectionId);
  assert.is(story.at(-1)?.reason_code, '700');
});

rig.test('the proxy wants a password and the phone another one: both get it in one call', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'challenge', keys: CHALLENGE });
  const proxy = await proxied({ users: { user: 'secret' }, challenge: true, routes: { bob: [phone.uri] } });
  const session = await application.createSession();
  const auth = { username: 'user', password: 'secret' };
  const { connectionId } = await application.dial(session, proxy.uri('bob'), { auth });
  await rig.webhook.state(connectionId, 'ACTIVE');
  const answered = phone.sip.requests('INVITE').at(-1) ?? '';
  assert.match(answered, /^Authorization: Digest /m);
  await application.hangUp(session, connectionId);
  await rig.webhook.story(connectionId);
});

rig.test('a wrong password is told as 407 and tried once', async () => {
  const { application } = rig.box;
  const proxy = await proxied({ users: { user: 'secret' }, challenge: true });
  const session = await application.createSession();
  const auth = { username: 'user', password: 'wrong' };
  const { connectionId } = await application.dial(session, proxy.uri('bob'), { auth });
  const story = await rig.webhook.story(connectionId);
  assert.equal(story.map(briefly), ['callCreated', 'DIALING', 'HANGUP', 'callDestroyed 407']);
});

rig.test('of two phones that a proxy rings, one answers and the other stops', async () => {
  const { application } = rig.box;
  const one = await startPhone(rig, { frequencyHz: 500, scenario: 'ring' });
  const other = await startPhone(rig, { frequencyHz: 1100, keys: { ring_ms: 400 } });
  const proxy = await proxied({ routes: { bob: [one.uri, other.uri] } });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, proxy.uri('bob'));
  await rig.webhook.state(connectionId, 'ACTIVE');
  await one.sip.logged('CANCELLED');
  await application.hangUp(session, connectionId);
  await other.sip.logged('ENDED');
  const story = await rig.webhook.story(connectionId);
  assert.equal(story.map(briefly), ['callCreated', 'DIALING', 'RINGING', 'ACTIVE', 'HANGUP', 'callDestroyed 700']);
});

rig.test(
  'a call goes to the proxy over TLS, checked against its authority, and its end comes back the same way',
  async () => {
    const { application } = rig.box;
    const phone = await startPhone(rig, { frequencyHz: 500, scenario: 'answer-hang-up' });
    const proxy = await proxied({ routes: { bob: [phone.uri] }, tls: { certificateFile, keyFile } });
    const session = await application.createSession();
    const uri = `sip:bob@127.0.0.1:${proxy.tlsPort};transport=tls`;
    const { connectionId } = await application.dial(session, uri);
    const story = await rig.webhook.story(connectionId);
    assert.ok(story.map(briefly).includes('ACTIVE'));
    assert.is(story.at(-1)?.reason_code, '700');
  },
);

rig.test('a certificate of another authority is not believed', async () => {
  const { application } = rig.box;
  const stranger = rig.keep(new Authority('somebody else'));
  const proxy = await proxied({ tls: stranger.issue('127.0.0.1') });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, `sip:bob@127.0.0.1:${proxy.tlsPort};transport=tls`);
  const story = await rig.webhook.story(connectionId);
  assert.is(story.at(-1)?.reason_code, '503');
});

rig.run();
