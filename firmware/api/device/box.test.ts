import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ALERT, type ApiRig, OPERATOR_TOKEN, restAuth, startApi } from '../testing/api-rig.ts';

const test = suite<ApiRig>('the box in the device API');
const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());

test('a drained box refuses new calls, says so, and takes them again', async ({ request, ours, state }) => {
  const drained = await request('POST', '/device/drain', { headers });
  assert.equal([drained.status, drained.body], [200, { draining: true, calls: 0 }]);
  assert.is(state.draining, true);
  const health = await request('GET', '/health');
  assert.equal([health.status, health.body.status], [503, 'draining']);
  const refused = await request('POST', '/session/create', { headers: restAuth(ours) });
  assert.equal([refused.status, refused.headers.get('retry-after')], [503, '1']);
  assert.match(String(refused.body.message), /draining: its calls go on/);
  assert.equal((await request('GET', '/device/drain', { headers })).body, { draining: true, calls: 0 });
  assert.equal((await request('POST', '/device/resume', { headers })).body, { draining: false, calls: 0 });
  assert.is((await request('GET', '/health')).status, 200);
  for (const verb of ['drain', 'resume']) assert.is((await request('POST', `/device/${verb}`)).status, 401);
  assert.is(state.draining, false);
});

test('what runs is told to the operator alone', async ({ request }) => {
  const { software, box, bootId, node, platform } = (await request('GET', '/device/version', { headers })).body;
  assert.equal([software, box, bootId, node], ['0.1.0', 'test', 'boot', process.version]);
  assert.match(String(platform), /^\w+-\w+$/);
  const alerts = await request('GET', '/device/alerts', { headers });
  assert.equal([alerts.status, alerts.body], [200, { count: 1, items: [ALERT] }]);
  const capacity = await request('GET', '/device/capacity', { headers });
  assert.equal([capacity.status, capacity.body.calls, capacity.body.limit], [200, 0, null]);
  for (const path of ['version', 'alerts', 'capacity'])
    assert.is((await request('GET', `/device/${path}`)).status, 401, path);
});

test('the configuration of a box that was started without a file is shown and cannot be changed', async ({
  request,
}) => {
  const { status, body } = await request('GET', '/device/config', { headers });
  assert.equal([status, body.file, body.needsRestart], [200, null, []]);
  assert.is((body.config as { logLevel: string }).logLevel, 'info');
  const refused = await request('PUT', '/device/config', { headers, json: { yaml: 'logLevel: debug' } });
  assert.equal([refused.status, refused.body.error], [409, 'config.no-file']);
  for (const [method, path] of [
    ['GET', '/device/config'],
    ['PUT', '/device/config'],
    ['POST', '/device/config/validate'],
  ] as const)
    assert.is((await request(method, path, { json: { yaml: '' } })).status, 401);
});

test('a candidate is checked as at a start, with the path and line of what is wrong', async ({ request }) => {
  const check = async (json: object) => (await request('POST', '/device/config/validate', { headers, json })).body;
  assert.equal(await check({ yaml: 'logLevel: debug\n' }), { valid: true, problems: [] });
  assert.equal(await check({ config: { logLevel: 'debug' } }), { valid: true, problems: [] });
  const { valid, problems } = await check({ yaml: 'http:\n  port: 8080\n  prot: 1\n' });
  assert.is(valid, false);
  const [problem] = problems as { path: string; line: number; message: string }[];
  assert.equal([problem?.path, problem?.line], ['http.prot', 3]);
  assert.match(problem?.message ?? '', /did you mean "port"/);
  for (const json of [{}, { yaml: '', config: {} }, { yml: '' }])
    assert.is((await request('POST', '/device/config/validate', { headers, json })).status, 400);
});

test.run();
