import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VIDEO_CODECS } from '../../pipelines/codecs/video-codecs.ts';
import { silentLog } from '../base/log.ts';
import { acceptedMedia } from '../webrtc/accepted-media.ts';
import { WrittenMedia } from '../webrtc/peers.fixture.ts';
import { Peers } from '../webrtc/peers.ts';
import type { Route } from './testing/api-rig.ts';
import { type ApplicationsRig, startWithApplications } from './testing/applications-rig.ts';
import { EventClient } from './testing/event-client.ts';
import { type About, about, pathOf, type Rule, ruleOf } from './testing/tenant-rules.ts';
import { type Signer, type Tenant, tenantOf, withPeers } from './testing/tenants.ts';

/** Tenants never see each other: every route of the server's own table is tried with what is somebody else's. */
type ProjectRule = Extract<Rule, { kind: 'project' }>;

interface World extends ApplicationsRig {
  readonly signers: readonly Signer[];
  /** None of them changes anything of the other. */
  readonly pairs: readonly (readonly [victim: Tenant, intruder: Tenant])[];
}

const test = suite<World>('tenants');

test.before(async context => {
  const rig = await startWithApplications({
    peers: parts =>
      new Peers({
        ...parts,
        media: new WrittenMedia(),
        phones: { find: () => null },
        pressed: () => {},
        limits: { perSession: 100, inAll: 1000 },
        accepted: acceptedMedia(VIDEO_CODECS),
        maxVideoBitrate: 1_000_000,
        log: silentLog,
      }),
  });
  const ours: Signer = { kind: 'opentok', project: rig.ours };
  const theirs: Signer = { kind: 'opentok', project: rig.theirs };
  const vonage: Signer = { kind: 'vonage', application: rig.app };
  const otherVonage: Signer = { kind: 'vonage', application: rig.otherApp };
  const tenant = async (signer: Signer) => withPeers(rig, await tenantOf(rig, signer));
  const pairs = await Promise.all(
    [[ours, theirs] as const, [vonage, otherVonage], [ours, vonage], [vonage, ours]].map(
      async ([victim, intruder]) => [await tenant(victim), await tenant(intruder)] as const,
    ),
  );
  Object.assign(context, rig, { pairs, signers: [ours, vonage] });
});
test.after(({ close }) => close());

const nameOf = ({ method, url }: Route) => `${method} ${url}`;

test('every route has a rule: how it tells tenants apart', ({ routes }) => {
  assert.ok(routes.length > 40);
  const without = routes.map(nameOf).filter(name => ruleOf(name) === undefined);
  assert.equal(without, [], 'give them one in firmware/api/testing/tenant-rules.ts');
});

/** All that is somebody else's, one thing at a time, and all together. */
function foreignRequests(victim: Tenant, intruder: Tenant): readonly (readonly [what: string, about: About])[] {
  const mine = about(intruder);
  const his = about(victim);
  const forged = intruder.token(victim.session);
  return [
    ['all of it', his],
    ['all of it, but for the token', { ...his, token: forged }],
    ['the session', { ...mine, session: his.session }],
    ['the session, with a token for it', { ...mine, session: his.session, token: forged }],
    ['the connection', { ...mine, connection: his.connection }],
    ['the connection of a client', { ...mine, connection: victim.client.connection }],
    ['the stream', { ...mine, stream: his.stream }],
    ['the stream of a phone', { ...mine, stream: victim.phone.stream }],
    ['the archive', { ...mine, archive: his.archive }],
    ['the callback', { ...mine, callback: his.callback }],
    ['the call', { ...mine, call: his.call }],
    ['the token', { ...mine, token: his.token }],
    ['the peers', { ...mine, whip: his.whip, whep: his.whep }],
  ];
}

/** Whether a request is any other than the intruder's own: what a route does not take makes no difference. */
function isForeign(route: Route, rule: Rule, foreign: About, own: About): boolean {
  return requestOf(route, rule, foreign) !== requestOf(route, rule, own);
}

/** All of it that differs by whose things it is about. */
function requestOf({ url }: Route, rule: Rule, what: About): string {
  const options = 'options' in rule ? rule.options?.(what) : {};
  return JSON.stringify([pathOf(url, what), options]);
}

test('nobody’s credential leads to what is somebody else’s, and nothing changes by trying', async rig => {
  for (const [victim, intruder] of rig.pairs) {
    const before = await victim.state();
    for (const route of rig.routes) {
      const rule = ruleOf(nameOf(route));
      if (rule?.kind !== 'project') continue;
      await tryForeign(rig, route, rule, victim, intruder);
      assert.is(await victim.state(), before, nameOf(route));
    }
  }
});

async function tryForeign(rig: World, route: Route, rule: ProjectRule, victim: Tenant, intruder: Tenant) {
  for (const [what, foreign] of foreignRequests(victim, intruder)) {
    if (!isForeign(route, rule, foreign, about(intruder))) continue;
    const { headers, ...options } = rule.options?.(foreign) ?? {};
    const path = pathOf(route.url, foreign);
    const answer = await rig.request(route.method, path, { ...options, headers: { ...headers, ...intruder.auth } });
    const why = `${nameOf(route)} with ${what}: ${answer.status} ${answer.text}`;
    // A token of another kind is none at all.
    const refusals = route.url.endsWith('/dial') ? [400, 401, 403, 404] : [401, 403, 404];
    assert.ok(refusals.includes(answer.status), why);
    assert.type(answer.body.message, 'string', why);
  }
}

test('the same requests are answered to whom they are for', async rig => {
  for (const route of rig.routes) {
    const rule = ruleOf(nameOf(route));
    if (rule?.kind !== 'project') continue;
    for (const signer of rig.signers) {
      if (rule.of !== undefined && rule.of !== signer.kind) continue;
      const tenant = await tenantOf(rig, signer);
      const { headers, ...options } = rule.options?.(about(tenant)) ?? {};
      const path = pathOf(route.url, about(tenant));
      const answer = await rig.request(route.method, path, { ...options, headers: { ...headers, ...tenant.auth } });
      // 409: its archive is running, and cannot be deleted.
      assert.ok(
        [200, 204, 409, 501, rule.answers].includes(answer.status),
        `${nameOf(route)}: ${answer.status} ${answer.text}`,
      );
    }
  }
});

test('a session belongs to whoever’s credential made it', async rig => {
  for (const [tenant] of rig.pairs) {
    const { body } = await rig.request('POST', '/session/create', { headers: tenant.auth });
    const [created] = body as unknown as { session_id: string; project_id: string }[];
    assert.is(created?.project_id, tenant.project.id);
    assert.is(rig.sessions.get(tenant.project.id, created?.session_id ?? '').project, tenant.project.id);
  }
});

test('no credential of a project, and no token of a participant, is the operator’s', async rig => {
  for (const route of rig.routes) {
    if (ruleOf(nameOf(route))?.kind !== 'operator') continue;
    const path = route.url.replace(/:\w+|\*/g, 'x');
    for (const [{ auth, token, session }] of rig.pairs) {
      const rest = auth['x-opentok-auth'] ?? '';
      const tries = [{}, auth, { authorization: `Bearer ${rest}` }, { authorization: `Bearer ${token(session)}` }];
      for (const headers of tries)
        assert.is((await rig.request(route.method, path, { headers })).status, 401, nameOf(route));
    }
  }
});

test('a participant’s token leads to its session alone', async rig => {
  for (const route of rig.routes) {
    const rule = ruleOf(nameOf(route));
    if (rule?.kind !== 'participant') continue;
    for (const [victim, intruder] of rig.pairs) {
      const before = await victim.state();
      const tokens = [intruder.token(intruder.session), intruder.token(victim.session), 'x.y.z'];
      const rest = intruder.auth.authorization?.slice('Bearer '.length) ?? intruder.auth['x-opentok-auth'] ?? '';
      for (const token of [...tokens, rest]) {
        const foreign = about(victim, { token });
        const answer = await rig.request(route.method, pathOf(route.url, foreign), rule.options(foreign));
        const why = `${nameOf(route)}: ${answer.status} ${answer.text}`;
        assert.ok([401, 403, 404].includes(answer.status), why);
      }
      assert.is(await victim.state(), before, nameOf(route));
      const own = about(victim);
      const { status, text } = await rig.request(route.method, pathOf(route.url, own), rule.options(own));
      assert.ok(status < 300, `${nameOf(route)}: ${status} ${text}`);
    }
  }
});

test('nobody enters the event channel of somebody else’s session', async rig => {
  assert.ok(rig.routes.some(route => ruleOf(nameOf(route))?.kind === 'channel'));
  for (const [victim, intruder] of rig.pairs) {
    const before = await victim.state();
    for (const token of [intruder.token(intruder.session), intruder.token(victim.session)]) {
      const client = new EventClient(rig.url, victim.session);
      await client.opened();
      client.send({ type: 'connect', token });
      assert.ok((await client.closed).code >= 4000);
      assert.equal(client.types(), []);
    }
    assert.is(await victim.state(), before);
    const own = await EventClient.entered(rig.url, victim.session, victim.token(victim.session));
    await own.leave();
  }
});

test.run();
