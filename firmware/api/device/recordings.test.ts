import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, OPERATOR_TOKEN, startApi } from '../testing/api-rig.ts';

const test = suite<ApiRig>('recordings, for the operator');
test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());

const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };

async function occupied({ sessions, ours }: ApiRig): Promise<string> {
  const session = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  sessions.join(ours.id, session.id, '');
  return session.id;
}

test('a session is recorded, the recording is stopped, listed, read, fetched in part, and deleted', async rig => {
  const { request, recordings } = rig;
  const session = await occupied(rig);
  const begun = await request('POST', `/device/sessions/${session}/recordings`, { headers, json: { mode: 'mixed' } });
  assert.equal([begun.status, begun.body.status, begun.body.format], [201, 'starting', 'ogg']);
  const id = String(begun.body.id);
  const again = await request('POST', `/device/sessions/${session}/recordings`, { headers, json: {} });
  assert.is(again.status, 409);
  assert.is((await request('DELETE', `/device/recordings/${id}`, { headers })).status, 409);
  const files = recordings.began(id, [null], '0123456789');
  const stopping = request('POST', `/device/recordings/${id}/stop`, { headers });
  while (!recordings.stopped.includes(id)) await new Promise(resolve => setTimeout(resolve, 1));
  recordings.listeners
    .get(id)
    ?.ended({ reason: 'stopped', error: null, durationMs: 5000, notRecorded: 0, files: [...files] });
  assert.equal([(await stopping).status, (await stopping).body.status], [200, 'stopped']);
  const record = (await request('GET', `/device/recordings/${id}`, { headers })).body;
  assert.equal((await request('GET', '/device/recordings', { headers })).body, { count: 1, items: [record] });
  assert.equal((await request('GET', `/device/sessions/${session}/recordings`, { headers })).body.items, [record]);

  const path = `/device/recordings/${id}/files/mixed.ogg`;
  const whole = await request('GET', path, { headers });
  assert.equal([whole.status, whole.text], [200, '0123456789']);
  assert.equal(
    ['content-type', 'content-length', 'accept-ranges'].map(name => whole.headers.get(name)),
    ['audio/ogg; codecs=opus', '10', 'bytes'],
  );
  const part = await request('GET', path, { headers: { ...headers, range: 'bytes=2-4' } });
  assert.equal([part.status, part.text, part.headers.get('content-range')], [206, '234', 'bytes 2-4/10']);
  const beyond = await request('GET', path, { headers: { ...headers, range: 'bytes=10-' } });
  assert.equal([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */10']);
  for (const name of ['recording.json', '..%2Fx', 'mixed.wav'])
    assert.is((await request('GET', `/device/recordings/${id}/files/${name}`, { headers })).status, 404, name);

  assert.is((await request('DELETE', `/device/recordings/${id}`, { headers })).status, 204);
  assert.is((await request('GET', path, { headers })).status, 404);
  assert.is((await request('GET', `/device/recordings/${id}`, { headers })).status, 404);
});

test('an empty session, an unknown one and a wrong request are refused; a stranger is told nothing', async rig => {
  const { request, sessions, ours } = rig;
  const { id } = await sessions.create(ours.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const start = (session: string, json: object) =>
    request('POST', `/device/sessions/${session}/recordings`, { headers, json });
  assert.is((await start(id, {})).status, 409);
  assert.is((await start('nothing', {})).status, 404);
  const session = await occupied(rig);
  for (const wrong of [{ mode: 'both' }, { format: 'mp3' }, { colour: 'red' }])
    assert.is((await start(session, wrong)).status, 400, JSON.stringify(wrong));
  for (const [method, path] of [
    ['POST', `/device/sessions/${session}/recordings`],
    ['GET', '/device/recordings'],
    ['GET', '/device/recordings/x/files/mixed.ogg'],
    ['DELETE', '/device/recordings/x'],
  ] as const)
    assert.is((await request(method, path)).status, 401, path);
});

test.run();
