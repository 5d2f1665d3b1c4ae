import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LookupGate } from './lookup-gate.ts';

const turn = () => new Promise<void>(done => setImmediate(done));

test('two at once, the others in the order in which they came, a failure making room as well', async () => {
  const gate = new LookupGate();
  const begun: number[] = [];
  const ends: ((failed?: Error) => void)[] = [];
  const results = [0, 1, 2, 3].map(at =>
    gate
      .run(() => {
        begun.push(at);
        return new Promise<number>((done, failed) => {
          ends[at] = error => (error ? failed(error) : done(at));
        });
      })
      .catch((error: Error) => error.message),
  );
  await turn();
  assert.equal(begun, [0, 1]);
  ends[1]!(new Error('lost'));
  await turn();
  assert.equal(begun, [0, 1, 2]);
  ends[0]!();
  await turn();
  ends[2]!();
  ends[3]!();
  assert.equal(await Promise.all(results), [0, 'lost', 2, 3]);
});

test('a crowd is turned away', async () => {
  const gate = new LookupGate();
  const ends: (() => void)[] = [];
  const work = () => new Promise<void>(done => ends.push(done));
  const all = Array.from({ length: 200 }, () =>
    gate.run(work).then(
      () => 'done',
      () => 'refused',
    ),
  );
  for (let round = 0; round < 200; round++) {
    await turn();
    for (const end of ends.splice(0)) end();
  }
  const outcomes = await Promise.all(all);
  assert.is(outcomes.filter(each => each === 'done').length, 130);
  assert.is(outcomes.filter(each => each === 'refused').length, 70);
});

test.run();
