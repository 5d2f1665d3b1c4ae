import { execFileSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { type Family, metricValue, parseMetrics } from '../../firmware/monitoring/metrics/prometheus-text.fixture.ts';
import { send } from '../rig/application.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({ needs: ['own', 'webhooks'] });

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';

/** The parsers of Prometheus's own Python client, as a second opinion. */
const REFERENCE = `
import sys
from prometheus_client import parser
from prometheus_client.openmetrics import parser as openmetrics
text = sys.stdin.read()
families = list((openmetrics if text.endswith('# EOF\\n') else parser).text_string_to_metric_families(text))
print(len(families))
`;

async function scrape(accept = 'text/plain'): Promise<string> {
  const { status, text } = await send(`${rig.box.facts.http}/metrics`, 'GET', {
    headers: { authorization: `Bearer ${rig.box.facts.operatorToken}`, accept },
  });
  assert.is(status, 200, text);
  return text;
}

const metrics = async () => parseMetrics(await scrape());

/** By how much it has risen. */
const rise = (before: Map<string, Family>, after: Map<string, Family>, name: string, labels = {}) =>
  metricValue(after, name, labels) - metricValue(before, name, labels);

async function dialled(scenario: string, keys = {}) {
  const phone = await startPhone(rig, { frequencyHz: 500, scenario, keys });
  const session = await rig.box.application.createSession();
  const { connectionId } = await rig.box.application.dial(session, phone.uri);
  return { phone, session, connectionId };
}

rig.test(
  'calls are counted by how they went, with the times of their set-up and the quality of their sound',
  async () => {
    const { application } = rig.box;
    const before = await metrics();
    const answered = await dialled('answer', { ring_ms: 300 });
    await answered.phone.sip.logged('ANSWERED');
    await until('a second of sound', () => answered.phone.media.sent > 50);
    const during = await metrics();
    assert.is(metricValue(during, 'crosspoint_calls', { state: 'active' }), 1);
    assert.is(metricValue(during, 'crosspoint_worker_legs'), 1);
    assert.is(
      metricValue(during, 'crosspoint_media_ports_free'),
      metricValue(before, 'crosspoint_media_ports_free') - 1,
    );
    await application.hangUp(answered.session, answered.connectionId);
    const busy = await dialled('reject', { status: 486, phrase: 'Busy with 1234567' });
    const given = await dialled('ring');
    await rig.webhook.state(given.connectionId, 'RINGING');
    await application.hangUp(given.session, given.connectionId);
    for (const { connectionId } of [answered, busy, given]) await rig.webhook.story(connectionId);
    await rig.box.idle();

    const after = await metrics();
    const ended = (result: string, reason: string) =>
      rise(before, after, 'crosspoint_calls_ended_total', { direction: 'outbound', result, reason });
    assert.is(ended('completed', 'normal-clearing'), 1);
    assert.is(ended('busy', 'busy-here'), 1);
    assert.is(ended('cancelled', 'request-terminated'), 1);
    assert.is(rise(before, after, 'crosspoint_calls_ended_total'), 3);
    assert.is(rise(before, after, 'crosspoint_call_request_to_invite_seconds_count'), 3);
    assert.is(rise(before, after, 'crosspoint_call_invite_to_answer_seconds_count'), 1);
    assert.is(rise(before, after, 'crosspoint_call_answer_to_rtp_seconds_count'), 1);
    const rang = rise(before, after, 'crosspoint_call_invite_to_answer_seconds_sum');
    assert.ok(rang > 0.25 && rang < 2, `it rang for ${rang} s`);
    assert.is(rise(before, after, 'crosspoint_call_duration_seconds_count'), 1);
    assert.is(rise(before, after, 'crosspoint_media_mos_count', { direction: 'received' }), 1);
    assert.ok(rise(before, after, 'crosspoint_sip_messages_total', { transport: 'udp', direction: 'out' }) >= 8);
    assert.is(metricValue(after, 'crosspoint_calls'), 0);
  },
);

rig.test('what is delivered is counted, and nothing is left to be told', async () => {
  await until('an empty outbox', async () => metricValue(await metrics(), 'crosspoint_outbox_events') === 0);
  const families = await metrics();
  const delivered = metricValue(families, 'crosspoint_deliveries_total', { target: 'webhook', result: 'delivered' });
  assert.is(delivered, rig.webhook.received.length);
  assert.is(metricValue(families, 'crosspoint_webhook_attempts_total', { result: 'succeeded' }), delivered);
  assert.ok(metricValue(families, 'crosspoint_deliveries_total', { target: 'mqtt' }) >= delivered);
  assert.is(metricValue(families, 'crosspoint_outbox_oldest_age_seconds'), 0);
  assert.is(metricValue(families, 'crosspoint_store_healthy'), 1);
});

rig.test("Prometheus's own client reads it, in both formats", async () => {
  for (const accept of ['text/plain', OPENMETRICS]) {
    const found = execFileSync('/usr/bin/python3', ['-c', REFERENCE], {
      input: await scrape(accept),
      encoding: 'utf8',
    });
    assert.ok(Number(found) > 80, `${found} families in ${accept}`);
  }
});

rig.test('no number, no address, no id and no text of a far end becomes a label', async () => {
  const text = await scrape();
  assert.not.match(text, '1234567');
  assert.not.match(text, rig.box.application.apiKey);
  assert.not.match(text, '127.0.0.1');
  assert.ok(text.split('\n').length < 1_000, 'it is short');
});

rig.test('the box says what it is, and until when its certificate is good', async () => {
  const families = await metrics();
  assert.is(metricValue(families, 'crosspoint_build_info'), 1);
  const days =
    (metricValue(families, 'crosspoint_certificate_not_after_timestamp_seconds') - Date.now() / 1000) / 86_400;
  assert.ok(days > 300 && days < 400, `${days} days`);
});

rig.test('nobody reads it without the token', async () => {
  assert.is((await send(`${rig.box.facts.http}/metrics`)).status, 401);
});

rig.run();
