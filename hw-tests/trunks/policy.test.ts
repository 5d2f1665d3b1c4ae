import { randomUUID } from 'node:crypto';
import * as assert from 'uvu/assert';
import { type Answer, Application, send } from '../rig/application.ts';
import { freePort } from '../rig/free-ports.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import { briefly } from '../rig/webhook-receiver.ts';

const [carrier, slow, nobody] = [await freePort(), await freePort(), await freePort()];
const OTHER = { apiKey: '46000002', apiSecret: 'the-secret-of-another' };
const target = (port: number) => ({ targets: [`sip:127.0.0.1:${port};timeout=2000`], optionsSeconds: 0 });

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    policy: { allowDomains: ['127.0.0.1', 'localhost'], denyDomains: ['*.premium.test'] },
    moreProjects: [{ opentok: OTHER, policy: { allowDomains: [], allowPrefixes: ['+44'] } }],
    config: {
      policy: { denyPrefixes: ['+4490'], maxSeconds: 3 },
      trunks: [
        {
          name: 'carrier',
          ...target(carrier),
          numbers: { in: { country: '44' } },
          limits: { calls: 2, callsPerSecond: 100 },
          policy: { denyPrefixes: ['+4487'], emergency: { numbers: ['112'], action: 'allow' } },
        },
        { name: 'slow', ...target(slow), limits: { calls: 100, callsPerSecond: 2 } },
        { name: 'nobody', ...target(nobody), limits: { calls: 1, callsPerSecond: 100 } },
      ],
    },
  },
});

const other = () => new Application(rig.box.facts.http, OTHER);
/** One session for the calls of an application. */
const sessions = new Map<Application, Promise<string>>();
const sessionOf = (application: Application) => {
  const known = sessions.get(application) ?? application.createSession();
  sessions.set(application, known);
  return known;
};

/** Dials without the SDK, which knows no Idempotency-Key and hides what a refusal says. */
async function dial(uri: string, { key = '', application = rig.box.application, token = '' } = {}): Promise<Answer> {
  const sessionId = await sessionOf(application);
  return application.request('POST', application.projectPath('dial'), {
    headers: key === '' ? {} : { 'idempotency-key': key },
    json: { sessionId, token: token || application.token(sessionId), sip: { uri } },
  });
}

/** Somebody whose phone rings at each call, until it is cancelled. */
const ringing = async (port: number, calls = 50) =>
  rig.keep(await Sipp.start({ scenario: 'ring', port, calls, rate: 100 }));

async function hangUpAll(): Promise<void> {
  const { application } = rig.box;
  const session = await sessionOf(application);
  for (const { connectionId } of await rig.box.calls())
    if (connectionId) await application.hangUp(session, connectionId);
  await rig.box.idle();
}

async function trunk(name: string) {
  const { body } = await send(`${rig.box.facts.http}/device/trunks/${name}`, 'GET', {
    headers: { authorization: `Bearer ${rig.box.facts.operatorToken}` },
  });
  return body as { calls: { in: number; out: number }; refused: Record<string, number> };
}

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).sort();

const REFUSED: [uri: string, rule: string, whose: string][] = [
  ...[
    '0901234567',
    '+44901234567',
    '0044901234567',
    '%2b44%39%30-1234567',
    '+44%20(0)90%201234567',
    '++44901234567',
  ].map((number): [string, string, string] => [`sip:${number}@carrier`, 'denyPrefixes', 'the box']),
  ['sip:901234567;phone-context=+44@carrier', 'denyPrefixes', 'the box'],
  ['sip:+44901234567@127.0.0.1:9', 'denyPrefixes', 'the box'],
  ['sip:0871234567@carrier', 'denyPrefixes', 'trunk carrier'],
  ['sip:0871234567@CARRIER', 'denyPrefixes', 'trunk carrier'],
  [`sip:+44871234567@127.0.0.1:${carrier}`, 'denyPrefixes', 'trunk carrier'],
  [`sip:0871234567@127.0.0.1:${carrier};transport=tcp`, 'denyPrefixes', 'trunk carrier'],
  // The host of the trunk by another port, and by TLS.
  ['sip:0871234567@127.0.0.1:9', 'denyPrefixes', 'trunk carrier'],
  ['sips:0871234567@127.0.0.1', 'denyPrefixes', 'trunk carrier'],
  ['sip:0871234567@[::ffff:127.0.0.1]:9', 'denyPrefixes', 'trunk carrier'],
  ...['112', '999', '%39%31%31', '9-1-1', '1,1,2', '112%23', '+44112', '112;phone-context=+44'].map(
    (number): [string, string, string] => [`sip:${number}@slow`, 'emergency', 'the box'],
  ),
  ['sip:112@localhost', 'emergency', 'the box'],
  ['sip:tickets@a.premium.test', 'denyDomains', 'project'],
  ['sip:tickets@A.Premium.Test.', 'denyDomains', 'project'],
  ['sip:tickets@a.premium.test..', 'denyDomains', 'project'],
  ['sip:tickets@192.0.2.66', 'allowDomains', 'project'],
  ['sip:tickets@[::ffff:192.0.2.66]', 'allowDomains', 'project'],
];

rig.test('no spelling gets around the policy, each refusal names its rule, and nobody rings', async () => {
  const phones = [await ringing(carrier), await ringing(slow)];
  for (const [uri, rule, whose] of REFUSED) {
    const { status, body } = await dial(uri);
    assert.is(status, 422, `${uri}: ${JSON.stringify(body)}`);
    assert.match(String(body.message), new RegExp(`policy of ${whose}.*\\(${rule}\\)`), uri);
  }
  const hidden = await dial('sip:tickets@localhost;maddr=192.0.2.66');
  assert.is(hidden.status, 400, JSON.stringify(hidden.body));
  assert.equal(await rig.box.calls(), []);
  for (const phone of phones) assert.equal(phone.requests('INVITE'), []);
  assert.ok(((await trunk('carrier')).refused['policy.prefix-denied'] ?? 0) > 5);
});

rig.test('the SDK tells its caller the rule', async () => {
  const { application } = rig.box;
  const refused = await application.dial(await sessionOf(application), 'sip:0901234567@carrier').then(
    () => '',
    error => String(error),
  );
  assert.match(refused, /The policy of the box refuses numbers that start with \+4490 \(denyPrefixes\)/);
});

rig.test('a project without domains calls over trunks alone, and there what its prefixes allow', async () => {
  await ringing(carrier);
  const [application, session] = [other(), await sessionOf(rig.box.application)];
  assert.is((await dial('sip:+442071234567@127.0.0.1:9', { application })).status, 422);
  assert.match(
    String((await dial('sip:+33123456789@carrier', { application })).body.message),
    /project 46000002.*allowPrefixes/,
  );
  const { status, body } = await dial('sip:02071234567@carrier', { application });
  assert.is(status, 200, JSON.stringify(body));
  // One project cannot end the call of another.
  await rig.box.application.hangUp(session, String(body.connectionId)).then(
    () => assert.unreachable(),
    () => {},
  );
  await application.hangUp(String(body.sessionId), String(body.connectionId));
  await rig.box.idle();
});

rig.test('of many calls at once a trunk takes what it may have, and gives every place back', async () => {
  const phone = await ringing(carrier);
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(Array.from({ length: 6 }, () => dial('sip:+442071234567@carrier')));
    assert.equal(statuses(answers), [200, 200, 429, 429, 429, 429]);
    assert.match(String(answers.find(({ status }) => status === 429)?.body.message), /trunk carrier has its 2 calls/);
    assert.is((await trunk('carrier')).calls.out, 2);
    await until(
      'both to ring',
      () => new Set(phone.log.filter(line => line.startsWith('RINGING'))).size === 2 * (round + 1),
    );
    await hangUpAll();
    assert.is((await trunk('carrier')).calls.out, 0);
  }
});

rig.test('an emergency call is never one too many where a rule allows it', async () => {
  const phone = await ringing(carrier);
  assert.equal(statuses(await Promise.all([1, 2].map(() => dial('sip:+442071234567@carrier')))), [200, 200]);
  assert.is((await dial('sip:+442071234567@carrier')).status, 429);
  assert.is((await dial('sip:112@carrier')).status, 200);
  await until('it to ring', () => phone.requests('INVITE').some(text => text.startsWith('INVITE sip:112@')));
  await hangUpAll();
});

rig.test('in no second a trunk gets more new calls than it may, however they come', async () => {
  const phone = await ringing(slow);
  const began = performance.now();
  const times: number[] = [];
  while (performance.now() - began < 3_200) {
    const { status } = await dial('sip:+442071234567@slow');
    if (status === 200) times.push(performance.now());
    else assert.is(status, 429);
  }
  // Two at once, and two more after each second; the answers came some milliseconds later than the calls counted.
  assert.ok(times.length >= 6 && times.length <= 8, `${times.length}`);
  for (const at of times) assert.ok(times.filter(each => each >= at && each < at + 950).length <= 2, times.join());
  await hangUpAll();
  assert.ok(phone.requests('INVITE').length >= times.length);
});

rig.test('a place is given back whatever becomes of the call', async () => {
  const { application } = rig.box;
  const free = () =>
    until('no call of the trunk', async () => (await trunk('carrier')).calls.out === 0, { limitMs: 10_000 });
  const busy = rig.keep(
    await Sipp.start({ scenario: 'reject', port: carrier, calls: 2, keys: { status: 486, phrase: 'Busy Here' } }),
  );
  assert.equal(statuses(await Promise.all([1, 2].map(() => dial('sip:+442071234567@carrier')))), [200, 200]);
  await busy.succeeded();
  await free();
  await busy.close();

  for (let round = 0; round < 2; round++) {
    assert.is((await dial('sip:+442071234567@nobody')).status, 200);
    assert.is((await dial('sip:+442071234567@nobody')).status, 429);
    await rig.box.idle();
    assert.is((await trunk('nobody')).calls.out, 0);
  }

  const phone = await startPhone(rig, { frequencyHz: 500, port: carrier, scenario: 'answer-hang-up' });
  assert.is((await dial('sip:+442071234567@carrier')).status, 200);
  await phone.sip.logged('ENDED');
  await free();
  // A request that is refused by the box itself takes no place.
  const sessionId = await sessionOf(application);
  for (let n = 0; n < 5; n++) assert.is((await dial('sip:+442071234567@carrier', { token: 'none' })).status, 400);
  assert.is((await application.request('POST', application.projectPath('dial'), { json: { sessionId } })).status, 400);
  await free();
});

rig.test('a call is no longer than the shortest rule says', async () => {
  const phone = await startPhone(rig, { frequencyHz: 500, port: carrier });
  const { body } = await dial('sip:+442071234567@carrier');
  const story = await rig.webhook.story(String(body.connectionId), 15_000);
  assert.is(story.map(briefly).at(-1), 'callDestroyed 705');
  const at = (what: string) => Number(story.find(each => briefly(each).includes(what))?.timestamp);
  const ms = at('callDestroyed') - at('ACTIVE');
  assert.ok(ms >= 2_950 && ms < 4_000, `${ms}`);
  await phone.sip.logged('ENDED');
});

rig.test('a request that comes again with its key rings once, another one with that key is refused', async () => {
  const phone = await ringing(carrier);
  const [key, application] = [randomUUID(), rig.box.application];
  const token = application.token(await sessionOf(application));
  const uri = 'sip:+442071234567@carrier';
  const answers = await Promise.all(Array.from({ length: 8 }, () => dial(uri, { key, token })));
  assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1);
  assert.is(answers[0]?.status, 200);
  const again = await dial(uri, { key, token });
  assert.is(again.text, answers[0]?.text);
  assert.is((await rig.box.calls()).length, 1);
  const mismatch = await dial('sip:+442079999999@carrier', { key, token });
  assert.is(mismatch.status, 422);
  assert.match(String(mismatch.body.message), /used for another request/);
  // Another project's keys are its own.
  const foreign = other();
  assert.is((await dial(uri, { key, application: foreign })).status, 200);
  assert.is((await rig.box.calls()).length, 2);
  await until('two to ring', () => phone.log.filter(line => line.startsWith('RINGING')).length === 2);
  const [theirs] = (await rig.box.calls()).filter(({ connectionId }) => connectionId !== answers[0]?.body.connectionId);
  await foreign.hangUp(await sessionOf(foreign), String(theirs?.connectionId));
  await hangUpAll();
  // Over, and still not rung again; nor by a service that was killed and has come back.
  assert.is((await dial(uri, { key, token })).text, answers[0]?.text);
  await rig.own.kill();
  await rig.own.startAgain();
  assert.is((await dial(uri, { key, token })).text, answers[0]?.text);
  assert.is((await dial('sip:+442079999999@carrier', { key, token })).status, 422);
  assert.equal(await rig.box.calls(), []);
  assert.is(phone.log.filter(line => line.startsWith('RINGING')).length, 2);
});

rig.run();
