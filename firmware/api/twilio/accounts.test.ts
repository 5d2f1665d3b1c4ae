import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../../base/ids.ts';
import type { TwilioProject } from '../../config/projects.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import type { CallView } from '../ports.ts';
import { type ApiRig, startApi } from '../testing/api-rig.ts';
import { twilioApplication } from './application.ts';
import { sidOf } from './sids.ts';

const account = (digit: string): TwilioProject => ({
  kind: 'twilio',
  id: `AC${digit.repeat(32)}` as ProjectId,
  authToken: `token-of-account-${digit}`,
  numbers: [],
  sipMonitoringUrl: null,
  sessionMonitoringUrl: null,
});
const [OURS, THEIRS] = [account('1'), account('2')];
const auth = ({ id, authToken }: { id: string; authToken: string }) => ({
  authorization: `Basic ${Buffer.from(`${id}:${authToken}`).toString('base64')}`,
});
const SETTINGS = { first: null, fallback: null, events: null, record: null };

const test = suite<{ rig: ApiRig; call: ScriptedCall }>('Twilio accounts');

test.before(async context => {
  const rig = await startApi({ moreProjects: [OURS, THEIRS] });
  const call = rig.scripts.add(twilioApplication(OURS, SETTINGS, 'https://box.example.com'));
  const { from, to } = call.call;
  const view = { id: call.id, project: OURS.id, direction: 'outbound', from, to, state: 'ACTIVE', createdAt: 1 };
  rig.calls.push({ ...view, activeAt: 2, endedAt: null, result: null } as unknown as CallView);
  Object.assign(context, { rig, call });
});
test.after(({ rig }) => rig.close());

/** Every route of an account, with what it may be asked. */
function requests(
  rig: ApiRig,
  of: TwilioProject,
  call: ScriptedCall,
): { method: string; path: string; body?: string }[] {
  const routes = rig.routes.filter(({ url }) => url.startsWith('/2010-04-01/'));
  assert.ok(routes.length >= 20);
  return routes.map(({ method, url }) => {
    const path = url
      .replace(':account', of.id)
      .replace(/:(sid|call)/g, url.includes('Recordings/:sid') ? sidOf('RE', call.id) : sidOf('CA', call.id))
      .replace('*', 'Queues.json');
    return { method, path, ...(method === 'POST' && { body: 'Status=completed' }) };
  });
}

test('nobody but the account itself gets at what is its own, by whatever route', async ({ rig, call }) => {
  for (const { method, path, body } of requests(rig, OURS, call)) {
    const ask = (headers: Record<string, string>) =>
      rig.request(method, path, {
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        ...(body !== undefined && { body }),
      });
    for (const [who, headers, status] of [
      ['nobody', {}, 401],
      ['a wrong token', auth({ ...OURS, authToken: 'x' }), 401],
      ['another account', auth(THEIRS), 404],
      ['another kind of project', auth({ id: rig.ours.id, authToken: rig.ours.secret }), 401],
      ['no Basic', { authorization: 'Basic !!!' }, 401],
    ] as const) {
      const answer = await ask(headers);
      assert.is(answer.status, status, `${method} ${path} by ${who}: ${answer.text}`);
      assert.equal(
        [answer.body.status, typeof answer.body.code, typeof answer.body.message],
        [status, 'number', 'string'],
      );
    }
  }
  assert.equal([rig.scripts.asked, rig.calls.length], [[], 1]);
});

test('another account’s call is unknown to it by its own routes', async ({ rig, call }) => {
  for (const { method, path, body } of requests(rig, THEIRS, call)) {
    if (!path.includes(call.id.slice(0, 8))) continue;
    const headers = { ...auth(THEIRS), 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await rig.request(method, path, { headers, ...(body !== undefined && { body }) });
    if (/\/(Recordings|Notifications|Events)(\.json)?$/.test(path))
      assert.equal([answer.status, answer.body.end], [200, 0], path);
    else assert.is(answer.status, 404, `${method} ${path}: ${answer.text}`);
  }
  assert.equal([rig.scripts.asked, rig.calls.length], [[], 1]);
});

test('the account itself is answered, with the suffix and without', async ({ rig, call }) => {
  const headers = { ...auth(OURS), 'content-type': 'application/x-www-form-urlencoded' };
  const base = `/2010-04-01/Accounts/${OURS.id}/Calls`;
  const sid = sidOf('CA', call.id);
  for (const path of [base, `${base}.json`, `${base}/${sid}`, `${base}/${sid}.json`])
    assert.is((await rig.request('GET', path, { headers })).status, 200, path);
  const listed = await rig.request('GET', `${base}.json?Status=in-progress&PageSize=1`, { headers });
  assert.equal((listed.body.calls as { sid: string }[])[0]?.sid, sid);
  const { body } = await rig.request('GET', `${base}/${sid}.json`, { headers });
  for (const key of ['start_time', 'end_time', 'date_created', 'parent_call_sid', 'price'])
    assert.ok(key in body, `${key} is absent: the SDK would read it as now`);
  const ended = await rig.request('POST', `${base}/${sid}.json`, { headers, body: 'Status=completed' });
  assert.equal([ended.status, rig.scripts.asked.at(-1)?.[1]], [200, 'hangUp']);
});

test.run();
