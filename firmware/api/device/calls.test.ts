import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, OPERATOR_TOKEN, startApi } from '../testing/api-rig.ts';

const test = suite<ApiRig>('calls of the device API');
const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());
test.before.each(({ asked }) => {
  asked.queries.length = 0;
});

test('without a word live calls are asked for, all of them', async ({ request, asked }) => {
  await request('GET', '/device/calls', { headers });
  assert.equal(asked.queries, [{ state: 'live', limit: null, cursor: null }]);
});

test('the keys of a filter reach the directory, times in milliseconds', async ({ request, asked }) => {
  const query = new URLSearchParams({
    state: 'all',
    project: '46000001',
    session: '2_x',
    direction: 'inbound',
    result: 'busy',
    reason: 'busy-here',
    trunk: 'carrier',
    from: '+4420',
    to: 'bob',
    text: 'a@box',
    since: '2026-11-27T09:00:00Z',
    until: '1795770000000',
    limit: '5',
    cursor: 'p1.2',
  });
  assert.is((await request('GET', `/device/calls?${query}`, { headers })).status, 200);
  assert.equal(asked.queries, [
    {
      project: '46000001',
      session: '2_x',
      direction: 'inbound',
      result: 'busy',
      reason: 'busy-here',
      trunk: 'carrier',
      from: '+4420',
      to: 'bob',
      text: 'a@box',
      since: Date.parse('2026-11-27T09:00:00Z'),
      until: 1_795_770_000_000,
      state: 'all',
      limit: 5,
      cursor: 'p1.2',
    },
  ]);
});

test('a filter that means nothing is refused with a sentence', async ({ request, asked }) => {
  for (const query of ['state=x', 'limit=0', 'limit=1001', 'since=yesterday', 'result=well', 'project='])
    assert.is((await request('GET', `/device/calls?${query}`, { headers })).status, 400, query);
  const answer = await request('GET', '/device/calls?until=noon', { headers });
  assert.match(String(answer.body.message), /until is no time.*ISO 8601/);
  assert.equal(asked.queries, []);
});

test('the operator hangs up, and nobody else', async ({ request, asked }) => {
  assert.is((await request('POST', '/device/calls/a/hangup', { headers })).status, 204);
  assert.equal(asked.hungUp, ['a']);
  assert.is((await request('POST', '/device/calls/nobody/hangup', { headers })).status, 404);
  assert.is((await request('POST', '/device/calls/a/hangup')).status, 401);
  assert.is(asked.hungUp.length, 1);
});

test.run();
