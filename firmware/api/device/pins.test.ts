import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { PinBook } from '../../scripts/pin/pin-book.ts';
import { createServer } from '../server.ts';
import { keptNowhere } from '../testing/kept-nowhere.ts';
import { devicePinsRoutes } from './pins.ts';

const TOKEN = 'operator-token-of-the-test';

test('the operator issues, sees and ends PINs; nobody else does, and no answer of a failure repeats one', async () => {
  const pins = new PinBook({
    store: keptNowhere,
    sessionIsThere: (project, session) => project === 'app' && session === '2_a',
    clock: systemClock,
    log: silentLog,
  });
  const app = createServer(silentLog, { https: null, plain: 'always' });
  app.register(devicePinsRoutes({ pins, operatorToken: TOKEN, clock: systemClock }));
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object, token = TOKEN) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: answer.statusCode, text: answer.body, body: answer.body === '' ? null : answer.json() };
  };
  try {
    const wish = { project: 'app', sessionId: '2_a' };
    const issued = await ask('POST', '/device/pins', { ...wish, expiresInSeconds: 60, maxUses: 2 });
    assert.is(issued.status, 201);
    assert.match(issued.body.pin, /^[0-9]{6}$/);
    assert.equal([issued.body.sessionId, issued.body.uses, issued.body.maxUses], ['2_a', 0, 2]);
    assert.is((await ask('POST', '/device/pins', { ...wish, pin: '4711' })).status, 201);
    const taken = await ask('POST', '/device/pins', { ...wish, pin: '4711' });
    assert.equal([taken.status, taken.text.includes('4711')], [409, false]);
    assert.is((await ask('POST', '/device/pins', { ...wish, pin: '47' })).status, 400);
    assert.is((await ask('POST', '/device/pins', { project: 'app', sessionId: '2_b' })).status, 404);
    const list = await ask('GET', '/device/pins');
    assert.equal([list.body.count, list.body.items[1].pin], [2, '4711']);
    assert.is((await ask('DELETE', `/device/pins/${issued.body.id}`)).status, 204);
    assert.is((await ask('DELETE', '/device/pins/4711')).status, 404);
    assert.is((await ask('GET', '/device/pins', undefined, 'wrong')).status, 401);
    assert.is((await ask('GET', '/device/pins')).body.count, 1);
  } finally {
    await app.close();
  }
});

test.run();
