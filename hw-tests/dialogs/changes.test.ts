import * as assert from 'uvu/assert';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

const NONE = 'X-None: none';

/** Dials a phone into a session of its own. */
async function dialled(scenario: string, keys: Record<string, string | number> = {}) {
  const { application } = rig.box;
  const phone = await startPhone(rig, { frequencyHz: 500, scenario, keys: { answering: NONE, ...keys } });
  const session = await application.createSession();
  const { connectionId } = await application.dial(session, phone.uri);
  await phone.sip.logged('ANSWERED');
  const hangUp = () => application.hangUp(session, connectionId);
  return { phone, session, connectionId, hangUp };
}

const ask = (method: string, status: number, lines: readonly string[] = [NONE], body = '') => ({
  method,
  status,
  lines: lines.join('\n      '),
  body,
});

async function hold(connectionId: string, what: 'hold' | 'resume'): Promise<number> {
  const { http, operatorToken } = rig.box.facts;
  const id = (await rig.box.callOf(connectionId))?.id;
  const authorization = `Bearer ${operatorToken}`;
  const answer = await fetch(`${http}/device/calls/${id}/${what}`, { method: 'POST', headers: { authorization } });
  await answer.body?.cancel();
  return answer.status;
}

rig.test('a phone holds by UPDATE, and is answered in the 200', async () => {
  const held = [
    'v=0',
    'o=callee 7 2 IN IP4 [local_ip]',
    's=-',
    'c=IN IP4 [local_ip]',
    't=0 0',
    'm=audio 9 RTP/AVP 0',
    'a=sendonly',
    '',
  ].join('\n      ');
  const contact = 'Contact: <sip:callee@[local_ip]:[local_port]>';
  const keys = ask('UPDATE', 200, [contact, 'Content-Type: application/sdp'], held);
  const { phone, connectionId, hangUp } = await dialled('answer-and-ask', keys);
  await phone.sip.logged('ASKED');
  await rig.webhook.state(connectionId, 'ON_HOLD');
  const answer = phone.sip.messages().find(({ sent, text }) => !sent && /^CSeq: 1 UPDATE/m.test(text))?.text ?? '';
  assert.match(answer, /^a=recvonly/m);
  await hangUp();
  await phone.sip.succeeded();
});

rig.test('when both change the session at once each is told 491, and both come through in the end', async () => {
  const { phone, connectionId, hangUp } = await dialled('glare');
  await rig.webhook.state(connectionId, 'ACTIVE');
  const held = hold(connectionId, 'hold');
  await phone.sip.logged('COLLIDED');
  await phone.sip.logged('CHANGED');
  await phone.sip.logged('CHANGES');
  assert.is(await held, 204);
  await rig.webhook.state(connectionId, 'ON_HOLD');
  await hangUp();
  await phone.sip.succeeded();
});

rig.test('a re-INVITE without an offer gets ours, and the answer in its ACK is what holds', async () => {
  const { application } = rig.box;
  const { phone, session, hangUp } = await dialled('offerless-reinvite');
  const other = await startPhone(rig, { frequencyHz: 1100 });
  const { connectionId: second } = await application.dial(session, other.uri);
  assert.match(await phone.sip.logged('OFFERED'), /m=audio \d+ RTP\/AVP /);
  await other.sip.logged('ANSWERED');
  const [atPhone, atOther] = await Promise.all([phone.media.listen(1), other.media.listen(1)]);
  hearsExactly(atPhone, [1100], 500);
  hearsExactly(atOther, [500], 1100);
  await hangUp();
  await application.hangUp(session, second);
  await phone.sip.succeeded();
});

rig.test('a Contact in an UPDATE moves the target: the BYE goes there', async () => {
  const elsewhere = rig.keep(await RawSip.open(rig.box.sipAddress, rig.us));
  const lines = [`Contact: <sip:moved@${elsewhere.host}:${elsewhere.port}>`];
  const { phone, hangUp } = await dialled('answer-and-ask', ask('UPDATE', 200, lines));
  await phone.sip.logged('ASKED');
  await hangUp();
  await until('the BYE at the new place', () => elsewhere.received.some(text => text.startsWith('BYE sip:moved@')));
  elsewhere.answer(elsewhere.received[0] ?? '', '200 OK');
  assert.equal(phone.sip.requests('BYE'), []);
});

rig.test('the routes of the answer are followed last first, and stay through the call (§12.1.2)', async () => {
  const answering = 'Record-Route: <sip:far@127.0.0.9;lr>, <sip:[local_ip]:[local_port];lr>';
  const { phone, hangUp } = await dialled('answer-with', { ringing: NONE, refreshing: NONE, answering });
  await hangUp();
  await phone.sip.logged('ENDED');
  for (const method of ['ACK', 'BYE']) {
    const [request = ''] = phone.sip.requests(method);
    assert.match(request, new RegExp(`^${method} sip:callee@`));
    const routes = [...request.matchAll(/^Route: *(.*?)\r?$/gm)].map(([, value = '']) => value).join(', ');
    assert.match(routes, new RegExp(`^<sip:${phone.sip.host}:${phone.sip.port};lr>, *<sip:far@127\\.0\\.0\\.9;lr>$`));
  }
});

const within: [method: string, status: number, lines?: readonly string[], body?: string][] = [
  ['OPTIONS', 200],
  ['INFO', 200, ['Content-Type: application/dtmf-relay'], 'Signal=5\n      Duration=160\n      '],
  ['REFER', 603, ['Contact: <sip:a@127.0.0.1>', 'Refer-To: <sip:b@127.0.0.1>']],
  ['SUBSCRIBE', 489, ['Contact: <sip:a@127.0.0.1>', 'Event: dialog']],
  ['MESSAGE', 405, ['Content-Type: text/plain'], 'hello'],
  ['PUBLISH', 405, ['Event: presence']],
  ['DANCE', 501],
  ['PRACK', 481, ['RAck: 1 1 INVITE']],
];

rig.test('what a phone asks for within its call is answered as it deserves, and the call goes on', async () => {
  const calls = await Promise.all(
    within.map(async ([method, status, lines, body]) => {
      const call = await dialled('answer-and-ask', { before_ms: 10, ...ask(method, status, lines, body) });
      await call.phone.sip.logged('ASKED');
      const messages = call.phone.sip.messages();
      const answer = messages.find(({ sent, text }) => !sent && text.includes(`CSeq: 1 ${method}`))?.text ?? '';
      if (status === 405 || status === 501) assert.match(answer, /^Allow: .*INVITE/m, method);
      return call;
    }),
  );
  assert.equal(
    (await rig.box.calls()).map(({ state }) => state),
    within.map(() => 'ACTIVE'),
  );
  for (const { hangUp, connectionId } of calls) {
    await hangUp();
    assert.is((await rig.webhook.story(connectionId)).map(briefly).at(-1), 'callDestroyed 700');
  }
});

rig.test('every call is over', () => rig.box.idle());

rig.run();
