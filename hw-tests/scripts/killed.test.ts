import twilio from 'twilio';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { metricValue, parseMetrics } from '../../firmware/monitoring/metrics/prometheus-text.fixture.ts';
import { ApplicationServer } from '../rig/application-server.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = 'token-of-the-test-0123456789';
const app = await new ApplicationServer().open();
const rig = new Rig({ needs: ['own'], box: { moreProjects: [{ twilio: { accountSid, authToken } }] } });
test.after(() => app.close());

rig.test('kill -9 amid callbacks that are refused: all are told after the start, in order, each the same', async () => {
  const sdk = twilio(accountSid, authToken);
  sdk.api.baseUrl = rig.box.facts.http;
  const place = async (twiml: string) => {
    const phone = await startPhone(rig, { frequencyHz: 500 });
    const { sid } = await sdk.calls.create({
      to: phone.uri,
      from: 'reception',
      twiml: `<Response>${twiml}</Response>`,
      statusCallback: app.url('/status'),
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    });
    await phone.sip.logged('ANSWERED');
    return { sid, phone };
  };
  const waiting = async () => {
    const { text } = await rig.box.asOperator('GET', '/metrics');
    return metricValue(parseMetrics(text), 'crosspoint_outbox_events', { target: 'webhook' });
  };
  app.answers.set('/status', 503);
  const finished: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { sid, phone } = await place('<Pause length="1"/>');
    await phone.sip.logged('ENDED');
    finished.push(sid);
  }
  const { sid: cutOff } = await place('<Pause length="60"/>');
  assert.ok(app.at('/status').length > 0, 'there were vain attempts to tell');
  await until('all of it to be in the store', async () => (await waiting()) === 3 * 4 + 3, { state: waiting });
  await rig.own.kill();
  app.told.length = 0;
  app.answers.set('/status', 204);
  await rig.own.startAgain();

  const told = (sid: string) => {
    const all = app.at('/status').flatMap(({ fields }) => (fields.CallSid === sid ? [fields] : []));
    return [...new Map(all.map(fields => [fields.SequenceNumber, fields.CallStatus])).values()];
  };
  for (const sid of finished) {
    await until('the end of a call that was over', () => told(sid).includes('completed'), {
      limitMs: 40_000,
      state: () => app.told,
    });
    assert.equal(told(sid), ['initiated', 'ringing', 'in-progress', 'completed']);
  }
  await until('the call that was cut off to be told as over', () => told(cutOff).includes('completed'), {
    limitMs: 40_000,
    state: () => app.told,
  });
  assert.equal(told(cutOff), ['initiated', 'ringing', 'in-progress', 'completed']);
  assert.is((await sdk.calls(cutOff).fetch()).status, 'completed');
});

rig.run();
