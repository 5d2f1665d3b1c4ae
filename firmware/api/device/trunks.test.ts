import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import type { TrunkView } from '../../trunks/trunk-view.ts';
import { createServer } from '../server.ts';
import { deviceTrunksRoutes } from './trunks.ts';

const view: TrunkView = {
  name: 'carrier',
  state: 'down',
  since: 5,
  reason: 'not registered: password refused (401 Unauthorized)',
  targets: [{ target: 'sip:carrier.example', state: 'unknown', since: 4, reason: null, roundTripMs: null }],
  registration: { state: 'failed', since: 3, expiresAt: null, reason: 'password refused (401 Unauthorized)' },
  calls: { in: 0, out: 1 },
  refused: { 'policy.calls': 2 },
};

const server = createServer(silentLog, { https: null, plain: 'always' });
server.register(
  deviceTrunksRoutes({ list: () => [view], get: name => (name === view.name ? view : null) }, 'operator-token'),
);
test.after(() => server.close());
const headers = { authorization: 'Bearer operator-token' };

test('the operator sees every trunk, or one', async () => {
  const all = await server.inject({ url: '/device/trunks', headers });
  assert.equal([all.statusCode, all.json()], [200, { count: 1, items: [view] }]);
  const one = await server.inject({ url: '/device/trunks/carrier', headers });
  assert.equal([one.statusCode, one.json()], [200, view]);
});

test('a trunk that is not there is 404 with a body, and nobody else sees any', async () => {
  const missing = await server.inject({ url: '/device/trunks/other', headers });
  assert.is(missing.statusCode, 404);
  assert.is(missing.json().code, 404);
  for (const url of ['/device/trunks', '/device/trunks/carrier']) {
    const stranger = await server.inject({ url });
    assert.is(stranger.statusCode, 401);
    assert.not.match(stranger.body, 'carrier');
  }
});

test.run();
