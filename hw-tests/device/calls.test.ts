import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp, type SippOptions } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { Operator } from './operator.ts';

const [PBX, CARRIER, SECURE] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const [silentPort, carrierPort] = [await freePort(CARRIER), await freePort(CARRIER)];

const rig = new Rig({
  needs: ['own'],
  box: {
    codecs: ['PCMU', 'PCMA'],
    config: {
      limits: { firstRtpSeconds: 2 },
      trunks: [
        { name: 'pbx', sources: [PBX] },
        { name: 'secure', sources: [SECURE], media: 'srtp' },
        // Nobody is at the first one.
        {
          name: 'carrier',
          targets: [`sip:${CARRIER}:${silentPort};transport=tcp`, `sip:${CARRIER}:${carrierPort}`],
          optionsSeconds: 0,
        },
      ],
      numbers: [{ number: '100', to: { room: 'hall' } }],
    },
  },
});
const operator = new Operator(() => rig.box);

rig.test('a good call is told live and past, with its stages, its codec, its quality, and nothing wrong', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  await until('sound both ways', () => phone.media.received > 30);
  const [live] = await operator.calls(`session=${encodeURIComponent(session)}`);
  assert.ok(live);
  assert.equal([live.connectionId, live.state, live.result, live.endedAt], [connectionId, 'ACTIVE', null, null]);
  assert.equal([live.codecs[0]?.sends, live.sides[0]?.security, live.verdict], ['PCMU/8000', 'none', null]);

  await application.hangUp(session, connectionId);
  const past = await operator.ended(connectionId);
  assert.equal(
    [past.id, past.state, past.result, past.reason?.slug],
    [live.id, 'HANGUP', 'completed', 'normal-clearing'],
  );
  assert.is(past.reason?.endedBy, 'application');
  const { createdAt, ringingAt, activeAt, endedAt } = past;
  assert.ok(ringingAt !== null && activeAt !== null && endedAt !== null);
  assert.ok(createdAt <= ringingAt && ringingAt <= activeAt && activeAt < endedAt);
  assert.equal([past.codecs[0]?.sends, past.target], ['PCMU/8000', `udp ${rig.us}:${phone.sip.port}`]);
  assert.equal(past.codecs[0]?.reason, live.codecs[0]?.reason);
  assert.is(past.verdict, null);
  const measured = await until('its media figures', async () => (await operator.call(past.id)).quality[0]);
  assert.ok(measured.call.received.packets > 30);
  assert.is((await rig.box.asOperator('GET', past.trace)).status, 200);
});

rig.test('a refused call says who refused it and with what', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, {
    frequencyHz: 400,
    scenario: 'reject',
    keys: { status: 403, phrase: 'Forbidden' },
  });
  const { connectionId } = await application.dial(await application.createSession(), phone.uri);
  const { result, reason, verdict, activeAt } = await operator.ended(connectionId);
  assert.equal([result, reason?.code, activeAt, verdict?.rule], ['refused', '403', null, 'forbidden']);
  assert.equal(verdict?.evidence.tried, [`udp ${rig.us}:${phone.sip.port}: 403 (Forbidden)`]);
});

rig.test('a password that is missing is told with the realm that asked for it', async () => {
  const { application } = rig.box;
  const challenge = 'WWW-Authenticate: Digest realm="the pbx", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c0"';
  const keys = { challenge_status: 401, challenge };
  const phone = await startPhone(rig, { frequencyHz: 400, scenario: 'challenge', keys });
  const { connectionId } = await application.dial(await application.createSession(), phone.uri);
  const { verdict } = await operator.ended(connectionId);
  assert.is(verdict?.rule, 'credentials-refused');
  assert.match(verdict?.sentence ?? '', /realm "the pbx", and none are configured/);
});

rig.test('an answer with a codec that the box has not: both lists are told', async () => {
  const { application } = rig.box;
  const keys = { payload_type: 96, rtpmap: 'SILK/24000' };
  const phone = await startPhone(rig, { frequencyHz: 400, keys });
  const { connectionId } = await application.dial(await application.createSession(), phone.uri);
  const { verdict, result } = await operator.ended(connectionId);
  assert.equal([verdict?.rule, verdict?.side, result], ['codec-mismatch', 'callee', 'failed']);
  assert.equal(verdict?.evidence.theirs, ['SILK/24000']);
  assert.equal(verdict?.evidence.ours, ['PCMU', 'PCMA']);
});

/** A call from a trunk to a number, which is refused; its record. */
async function refusedCall(host: string, user: string, status: number, keys: SippOptions['keys'] = {}) {
  const { host: box, udpPort: port } = rig.box.facts.sip;
  const remote = { host: box, port };
  const caller = await Sipp.start({ scenario: 'call-refused', host, remote, user, keys: { status, ...keys } });
  rig.keep(caller);
  await caller.succeeded();
  const callId = /^Call-ID: (\S+)/m.exec(caller.messages()[0]?.text ?? '')?.[1] ?? '';
  return until('its record', async () => (await operator.calls(`state=ended&text=${callId}`))[0]);
}

rig.test('an incoming call with such an offer has a record of the box, with the same lists', async () => {
  const refused = await refusedCall(PBX, '100', 488, { payload_type: 96, rtpmap: 'SILK/24000' });
  assert.equal([refused.project, refused.direction, refused.to], ['device', 'inbound', '100']);
  assert.equal([refused.trunks.in, refused.result], ['pbx', 'refused']);
  assert.equal([refused.verdict?.rule, refused.verdict?.side], ['codec-mismatch', 'caller']);
  assert.equal(refused.verdict?.evidence.theirs, ['SILK/24000']);
});

rig.test('SRTP that is required and was not offered, and a number that leads nowhere, are told as such', async () => {
  const plain = await refusedCall(SECURE, '100', 488);
  assert.equal([plain.verdict?.rule, plain.verdict?.side], ['srtp-required', 'caller']);
  const unknown = await refusedCall(PBX, '4711', 404);
  assert.equal([unknown.verdict?.rule, unknown.verdict?.side], ['number-not-routed', 'box']);
  assert.equal(unknown.verdict?.evidence.called, ['4711']);
});

rig.test('a call over a trunk whose first target is down says so of each target', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, {
    frequencyHz: 400,
    host: CARRIER,
    port: carrierPort,
    scenario: 'reject',
    keys: { status: 486, phrase: 'Busy Here' },
  });
  const { connectionId } = await application.dial(await application.createSession(), 'sip:+442071234567@carrier');
  const { result, trunks, tries, verdict } = await operator.ended(connectionId);
  assert.equal([result, trunks, verdict?.rule], ['busy', { in: null, out: 'carrier' }, 'busy']);
  assert.equal(
    tries.map(({ hop, outcome }) => [hop, outcome]),
    [
      [`tcp ${CARRIER}:${silentPort}`, 'refused'],
      [`udp ${CARRIER}:${carrierPort}`, 'response'],
    ],
  );
  await phone.sip.succeeded();
});

rig.test('media that never comes is told with the address that we had given', async () => {
  const { application } = rig.box;
  const sip = rig.keep(await Sipp.start({ scenario: 'answer', host: rig.us }));
  const { connectionId } = await application.dial(await application.createSession(), `sip:phone@${rig.us}:${sip.port}`);
  const { verdict, reason, result } = await operator.ended(connectionId);
  assert.equal([reason?.code, result, verdict?.rule], ['704', 'dropped', 'audio-never-came']);
  const [advertised = ''] = verdict?.evidence.advertised ?? [];
  const [first, last] = rig.own.rtpPorts;
  const port = Number(advertised.split(':')[1]);
  assert.ok(port >= first && port <= last, advertised);
});

rig.test('the operator hangs up, and the record says who did', async () => {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 400 });
  const { connectionId } = await application.dial(await application.createSession(), phone.uri);
  await phone.sip.logged('ANSWERED');
  const [{ id } = { id: '' }] = await operator.calls(`text=${connectionId}`);
  assert.is(await rig.box.operate('POST', `/device/calls/${id}/hangup`), 204);
  await phone.sip.logged('ENDED');
  const { reason, result } = await operator.ended(connectionId);
  assert.equal([reason?.code, reason?.endedBy, result], ['700', 'operator', 'completed']);
});

rig.test('all of them are exported, in JSON and in CSV, and found by filters and in pages', async () => {
  const lines = async (query: string) => {
    const { status, text } = await rig.box.asOperator('GET', `/device/records?${query}`);
    assert.is(status, 200);
    return text.trimEnd().split(/\r?\n/);
  };
  const all = (await lines('')).map(line => JSON.parse(line) as { id: string; result: string });
  const csv = await lines('format=csv');
  assert.is(csv.length, all.length + 1);
  assert.match(csv[0] ?? '', /^id,project,session_id/);
  for (const [index, { id }] of all.entries()) assert.match(csv[index + 1] ?? '', new RegExp(`^${id},`));
  assert.is((await lines('result=busy')).length, 1);
  assert.is((await lines('format=csv&trunk=carrier')).length, 2);

  const paged: string[] = [];
  let cursor = '';
  do {
    const page = await operator.get<{ items: { id: string }[]; next: string | null }>(
      `/device/calls?state=all&limit=2${cursor && `&cursor=${cursor}`}`,
    );
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.next ?? '';
  } while (cursor !== '');
  assert.equal(
    paged,
    all.map(({ id }) => id),
  );
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
