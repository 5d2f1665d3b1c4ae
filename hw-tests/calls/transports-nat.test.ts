import * as assert from 'uvu/assert';
import { freePort, freePortRange } from '../rig/free-ports.ts';
import { callBox, startPhone } from '../rig/phones.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

/** 1:1 NAT: bound here, seen elsewhere, and signalling at another address than media. */
const SIGNALLING = '198.51.100.7';
const MEDIA = '203.0.113.9';
const TRUNK_MEDIA = '203.0.113.77';
const OUTSIDE_PORT = 5070;

const [sip, called] = [await freePort(), await freePort()];
const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      sip: {
        listeners: ['udp', 'tcp'].map(transport => ({
          transport,
          host: '127.0.0.1',
          port: sip,
          advertise: `${SIGNALLING}:${OUTSIDE_PORT}`,
        })),
      },
      media: { host: '127.0.0.1', ports: freePortRange(40), workers: 1, advertise: MEDIA },
      trunks: [
        {
          name: 'carrier',
          targets: [`sip:127.0.0.1:${called}`],
          sources: ['127.0.0.1'],
          optionsSeconds: 0,
          advertise: TRUNK_MEDIA,
        },
      ],
      numbers: [{ number: '200', to: { forward: ['trunk:carrier'] } }],
    },
  },
});

const lineOf = (text: string, start: string) => text.split(/\r?\n/).find(line => line.startsWith(start)) ?? '';

/** SDP and Contact say where we are to be reached; nothing says where we are bound. */
function showsOutside(message: string, media: string, transport: 'udp' | 'tcp' = 'udp'): void {
  assert.match(lineOf(message, 'Contact: '), new RegExp(`[@:]${SIGNALLING}:${OUTSIDE_PORT}[;>]`));
  if (transport === 'tcp') assert.match(lineOf(message, 'Contact: '), /;transport=tcp/i);
  assert.is(lineOf(message, 'c='), `c=IN IP4 ${media}`);
  assert.match(lineOf(message, 'o='), new RegExp(` IN IP4 ${media}$`));
}

for (const transport of ['udp', 'tcp'] as const) {
  rig.test(
    `a call out over ${transport} shows the outside addresses, and its answer and media find their way`,
    async () => {
      const { application } = rig.box;
      const phone = await startPhone(rig, { frequencyHz: 500, transport });
      const session = await application.createSession();
      const { connectionId } = await application.dial(session, phone.uri);
      await rig.webhook.state(connectionId, 'ACTIVE');
      const [invite = ''] = phone.sip.requests('INVITE');
      const via = lineOf(invite, 'Via: ');
      assert.match(via, `SIP/2.0/${transport.toUpperCase()} ${SIGNALLING}:${OUTSIDE_PORT};`);
      assert.match(via, /;rport(;|$)/);
      showsOutside(invite, MEDIA, transport);
      await until('media of the box', () => phone.media.received > 10);
      await application.hangUp(session, connectionId);
      await phone.sip.logged('ENDED');
    },
  );
}

rig.test(
  'a call of a trunk is answered with the media address of that trunk, and goes on to it with the same',
  async () => {
    const callee = await startPhone(rig, { frequencyHz: 1100, port: called });
    const caller = await callBox(rig, rig.box, '200', { frequencyHz: 500, scenario: 'call', keys: { hold_ms: 500 } });
    await caller.sip.succeeded();
    const answer = caller.sip.messages().find(({ sent, text }) => !sent && text.startsWith('SIP/2.0 200'))?.text ?? '';
    showsOutside(answer, TRUNK_MEDIA);
    const [invite = ''] = callee.sip.requests('INVITE');
    showsOutside(invite, TRUNK_MEDIA);
    assert.match(lineOf(invite, 'Via: '), `${SIGNALLING}:${OUTSIDE_PORT};`);
    await rig.box.idle();
  },
);

/** An OPTIONS whose Via shows an address at which nobody is. */
async function answered(viaOf: (port: number) => string, at = '127.0.0.1'): Promise<{ peer: RawSip; via: string }> {
  const peer = rig.keep(await RawSip.open(rig.box.sipAddress, at));
  peer.send(
    peer.request('OPTIONS', 'x').replace(/^Via: .*?;branch=([^;\r]*).*$/m, `Via: SIP/2.0/UDP ${viaOf(peer.port)}`),
  );
  await until('the answer', () => peer.received.length > 0);
  return { peer, via: lineOf(peer.received[0] ?? '', 'Via: ') };
}

rig.test('a peer behind a NAT that asks for it (rport) is answered where it came from', async () => {
  const { peer, via } = await answered(() => '10.9.8.7:4444;rport;branch=z9hG4bKnat1');
  assert.match(via, 'SIP/2.0/UDP 10.9.8.7:4444;');
  assert.match(via, /;received=127\.0\.0\.1(;|$)/);
  assert.match(via, new RegExp(`;rport=${peer.port}(;|$)`));
});

rig.test('one that does not ask is answered at its address and the port of its Via', async () => {
  const { via } = await answered(port => `10.9.8.7:${port};branch=z9hG4bKnat2`);
  assert.match(via, /;received=127\.0\.0\.1(;|$)/);
  assert.not.match(via, /rport/);
});

rig.run();
