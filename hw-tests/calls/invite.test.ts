import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { type Phone, type PhoneOptions, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';

const rig = new Rig();

/** Dials a phone and returns the INVITE that it got, once it has answered. */
async function invited(options: Record<string, unknown>, phone: Partial<PhoneOptions> = {}) {
  const { application } = rig.box;
  const callee: Phone = await startPhone(rig, { frequencyHz: 400, ...phone });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, callee.uri, options);
  await callee.sip.logged('ANSWERED');
  const invite = callee.sip.requests('INVITE')[0] ?? '';
  return { callee, session, connectionId, invite, hangUp: () => application.hangUp(session, connectionId) };
}

const header = (message: string, name: string) => new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(message)?.[1];

rig.test(
  'the far end sees which session and connection call it, and the headers that the application adds',
  async () => {
    const { invite, session, connectionId, hangUp } = await invited({
      headers: { 'X-Customer': 'Zoë', 'x-lower': '1' },
    });
    assert.is(header(invite, 'X-OpenTok-SessionId'), session);
    assert.is(header(invite, 'X-OpenTok-ConnectionId'), connectionId);
    assert.is(header(invite, 'X-Customer'), 'Zoë');
    assert.is(header(invite, 'x-lower'), '1');
    assert.is(header(invite, 'Max-Forwards'), '70');
    await hangUp();
  },
);

rig.test('without a number of its own the caller is +00000000', async () => {
  for (const from of [undefined, 'alice@example.com']) {
    const { invite, hangUp } = await invited(from === undefined ? {} : { from });
    assert.match(header(invite, 'From') ?? '', /<sip:\+00000000@/);
    await hangUp();
  }
});

rig.test("the caller's number is shown when it is one", async () => {
  const { invite, hangUp } = await invited({ from: '14155550101@example.com' });
  assert.match(header(invite, 'From') ?? '', /<sip:14155550101@example\.com>/);
  await hangUp();
});

rig.test('Opus, G.722, G.711 in both laws and digits are offered, on ports of the configured range', async () => {
  const { invite, hangUp } = await invited({});
  const [, port, formats] = /^m=audio (\d+) RTP\/AVP (.*?)\r?$/m.exec(invite) ?? [];
  assert.is(Number(port) % 2, 0);
  assert.equal((formats ?? '').split(' '), ['111', '9', '0', '8', '110', '101']);
  assert.match(invite, /^a=rtpmap:\d+ telephone-event\/8000\r?$/m);
  assert.not.match(invite, /^m=video/m);
  await hangUp();
});

for (const [law, transport] of [
  ['PCMU', 'tcp'],
  ['PCMA', 'tcp'],
  ['PCMA', 'udp'],
] as const) {
  rig.test(`a phone that speaks ${law} only and signals by ${transport} hears the other one`, async () => {
    const { application } = rig.box;
    const first = await invited({}, { law, transport });
    const second = await startPhone(rig, { frequencyHz: 1250 });
    const { connectionId } = await application.dial(first.session, second.uri);
    await second.sip.logged('ANSWERED');
    const [firstHeard, secondHeard] = await Promise.all([first.callee.media.listen(1), second.media.listen(1)]);
    hearsExactly(firstHeard, [1250], 400);
    hearsExactly(secondHeard, [400], 1250);
    await application.hangUp(first.session, connectionId);
    await first.hangUp();
    await first.callee.sip.succeeded();
  });
}

rig.test('sender and receiver reports are exchanged, and the operator sees true figures', async () => {
  const { callee, connectionId, hangUp } = await invited({});
  await callee.media.listen(4);
  const sentBefore = callee.media.sent;
  const stats = await rig.box.mediaOf(connectionId);
  const report = callee.media.rtcp.findLast(({ senderReports }) => senderReports.length > 0);
  assert.ok(report, 'the phone got a sender report');
  assert.is(report.senderReports[0]?.ssrc, stats.sent.ssrc);
  assert.ok(report.cnames.length > 0, 'every compound packet has a CNAME (RFC 3550 §6.1)');
  const block = callee.media.rtcp.flatMap(({ blocks }) => blocks).find(({ ssrc }) => ssrc === callee.media.ssrc);
  assert.ok(block, 'the phone is told how it is received');
  assert.is(block.fractionLost, 0);
  assert.is(stats.received.lost, 0);
  assert.is(stats.received.ssrc, callee.media.ssrc);
  assert.is(stats.received.from?.port, callee.media.rtpPort);
  assert.is(stats.received.frequencyHz === null, false);
  assert.ok(Math.abs((stats.received.frequencyHz ?? 0) - 400) < 4, `${stats.received.frequencyHz} Hz`);
  assert.ok(Math.abs((stats.received.levelDbov ?? 0) + 16) < 1, `${stats.received.levelDbov} dBov`);
  const { packets } = stats.received;
  assert.ok(packets > sentBefore - 25 && packets <= callee.media.sent, `${packets} of ${sentBefore} when asked`);
  assert.ok(stats.rtcp.received > 0 && stats.rtcp.sent > 0);
  await hangUp();
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
