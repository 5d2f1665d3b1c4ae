import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exceptions } from './exceptions.ts';
import { levels, setLogLevel } from './log.ts';
import { OTError } from './ot-error.ts';

test.before(() => setLogLevel(levels.NONE));

test('whatever goes wrong is an exception with a title, beside the promise that tells of it', async () => {
  const told: unknown[] = [];
  const target = {};
  exceptions.on('exception', (event: { code: number; title: string; message: string; target: object }) => {
    told.push([event.code, event.title, event.message, event.target === target]);
  });
  const nameOf = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.name);
  const watch = (error: unknown) => nameOf(exceptions.watch(Promise.reject(error), target, 'OT_CONNECT_FAILED'));
  assert.is(await watch(new OTError('OT_AUTHENTICATION_ERROR', 'No')), 'OT_AUTHENTICATION_ERROR');
  assert.is(await watch(new OTError('OT_PERMISSION_DENIED', 'May not', { code: 1530 })), 'OT_PERMISSION_DENIED');
  assert.is(await watch(new OTError('OT_NOT_FOUND', 'Gone')), 'OT_NOT_FOUND');
  // What is no error of ours has the name of what could not be done.
  assert.is(await watch(new TypeError('odd')), 'TypeError');
  assert.is(await nameOf(exceptions.watch(Promise.resolve(7), target, 'OT_CONNECT_FAILED')), '7');
  assert.equal(told, [
    [1004, 'Authentication error', 'No', true],
    [1530, 'Unable to Force Unpublish', 'May not', true],
    [404, 'Internal Error', 'Gone', true],
    [1006, 'Connect Failed', 'odd', true],
  ]);
  exceptions.off();
});

test.run();
