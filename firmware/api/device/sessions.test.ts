import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ApiRig, OPERATOR_TOKEN, startApi } from '../testing/api-rig.ts';
import { participantToken } from '../testing/participant-token.ts';

const test = suite<ApiRig>('sessions of the device API');
const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const usual = { mediaMode: 'routed', archiveMode: 'manual', location: '' } as const;

test.before.each(async context => {
  Object.assign(context, await startApi());
});
test.after.each(({ close }) => close());

interface Listed {
  readonly items: readonly { readonly id: string }[];
  readonly next: string | null;
}

test('sessions of all projects are listed in pages, by project, and by whether somebody is in them', async ({
  request,
  sessions,
  ours,
  theirs,
  clock,
}) => {
  const made: string[] = [];
  for (const project of [ours, theirs, ours]) {
    made.unshift((await sessions.create(project.id, usual)).id);
    clock.advance(10);
  }
  sessions.join(ours.id, made[0] as never, '');
  const list = async (query: string) => {
    const { items, next } = (await request('GET', `/device/sessions?${query}`, { headers })).body as unknown as Listed;
    return { ids: items.map(({ id }) => id), next };
  };
  assert.equal((await list('')).ids, made);
  assert.equal((await list(`project=${theirs.id}`)).ids, [made[1]]);
  assert.equal((await list('occupied=true')).ids, [made[0]]);
  const first = await list('limit=2');
  assert.equal(first, { ids: made.slice(0, 2), next: made[1] });
  assert.equal(await list(`limit=2&cursor=${first.next}`), { ids: made.slice(2), next: null });
});

test('one session is told with who is in it; ended, its clients and phones are out and nobody enters it', async ({
  request,
  sessions,
  clients,
  ours,
  clock,
}) => {
  const session = await sessions.create(ours.id, usual);
  const { connectionId, streamId } = sessions.join(ours.id, session.id, 'desk', '+15550100');
  sessions.publish(ours.id, session.id, connectionId);
  const client = clients.enter(ours, session.id, participantToken(ours, session.id, clock.now()));
  const inside = (await request('GET', `/device/sessions/${session.id}`, { headers })).body;
  assert.equal(
    (inside.connections as { id: string; kind: string }[]).map(({ id, kind }) => [id, kind]),
    [
      [connectionId, 'phone'],
      [client.connection, 'client'],
    ],
  );
  assert.equal(
    (inside.streams as { id: string }[]).map(({ id }) => id),
    [streamId],
  );

  assert.is((await request('DELETE', `/device/sessions/${session.id}`, { headers })).status, 204);
  assert.ok(client.gone);
  for (const method of ['GET', 'DELETE'])
    assert.is((await request(method, `/device/sessions/${session.id}`, { headers })).status, 404, method);
  assert.throws(() => sessions.join(ours.id, session.id, ''), /There is no such session/);
});

test('sessions are told to the operator alone', async ({ request, sessions, ours }) => {
  const { id } = await sessions.create(ours.id, usual);
  for (const path of ['/device/sessions', `/device/sessions/${id}`])
    assert.is((await request('GET', path)).status, 401);
  assert.is((await request('DELETE', `/device/sessions/${id}`)).status, 401);
  assert.is(sessions.get(ours.id, id).id, id);
});

test.run();
