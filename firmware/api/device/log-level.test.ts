import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, OPERATOR_TOKEN, startApi } from '../testing/api-rig.ts';

const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
let rig: ApiRig;

test.before.each(async () => {
  rig = await startApi();
});
test.after.each(() => rig.close());

test('the operator sees and changes the level, for good or for a while', async () => {
  const before = await rig.request('GET', '/device/log-level', { headers: operator });
  assert.equal([before.status, before.body], [200, { level: 'silent', until: null }]);
  const changed = await rig.request('PUT', '/device/log-level', {
    headers: operator,
    json: { level: 'debug', seconds: 30 },
  });
  assert.equal([changed.status, changed.body], [200, { level: 'debug', until: rig.clock.now() + 30_000 }]);
  rig.clock.advance(30_000);
  const after = await rig.request('GET', '/device/log-level', { headers: operator });
  assert.is(after.body.level, 'silent');
});

for (const json of [{ level: 'loud' }, {}, { level: 'debug', seconds: 0 }, { level: 'debug', minutes: 5 }])
  test(`${JSON.stringify(json)} is no level`, async () => {
    const { status, body } = await rig.request('PUT', '/device/log-level', { headers: operator, json });
    assert.is(status, 400);
    assert.is(body.error, 'http.bad-request');
  });

test('nobody else does', async () => {
  assert.is((await rig.request('GET', '/device/log-level')).status, 401);
  assert.is((await rig.request('PUT', '/device/log-level', { json: { level: 'trace' } })).status, 401);
  assert.is(rig.logLevel.state.level, 'silent');
});

test.run();
