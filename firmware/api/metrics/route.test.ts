import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, OPERATOR_TOKEN, startApi } from '../testing/api-rig.ts';

const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
let rig: ApiRig;

test.before.each(async () => {
  rig = await startApi();
});
test.after.each(() => rig.close());

test('metrics are for the operator', async () => {
  const { status, body } = await rig.request('GET', '/metrics');
  assert.equal([status, body.error], [401, 'http.operator-credential']);
  const answer = await rig.request('GET', '/metrics', { headers: operator });
  assert.equal([answer.status, answer.text], [200, 'text']);
  assert.is(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
});

test('and for addresses that may scrape, without a token', async () => {
  rig.state.mayScrape = true;
  assert.is((await rig.request('GET', '/metrics')).status, 200);
});

test('a scraper has the format that it prefers', async () => {
  const headers = { ...operator, accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' };
  assert.is((await rig.request('GET', '/metrics', { headers })).text, 'openmetrics');
});

test.run();
