import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { CachedNames, type Found, type NameSource } from './cached-names.ts';

const nothing = async () => ({ records: [], ttlS: null });

/** A cache over one kind of question, whose answers a test gives. */
function cached(addresses: (name: string) => Promise<Found<string>>) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const source: NameSource = {
    naptr: nothing,
    srv: nothing,
    pinned: nothing,
    addresses: name => {
      asked.push(name);
      return addresses(name);
    },
  };
  return { clock, asked, names: new CachedNames(source, clock) };
}

const failing = () => Promise.reject(Object.assign(new Error('x'), { code: 'ETIMEOUT' }));
const outcome = (answer: Promise<readonly string[]>) =>
  answer.then(String, (error: NodeJS.ErrnoException) => error.code);

test('an answer holds for its time to live, a minute when that is not known', async () => {
  let ttlS: number | null = 5;
  const { clock, asked, names } = cached(async () => ({ records: ['192.0.2.1'], ttlS }));
  await names.addresses('PBX.example.com');
  clock.advance(4_999);
  assert.equal(await names.addresses('pbx.example.com'), ['192.0.2.1']);
  assert.equal(asked, ['pbx.example.com']);
  clock.advance(1);
  ttlS = null;
  await names.addresses('pbx.example.com');
  assert.is(asked.length, 2);
  clock.advance(59_999);
  await names.addresses('pbx.example.com');
  assert.is(asked.length, 2);
  clock.advance(1);
  await names.addresses('pbx.example.com');
  assert.is(asked.length, 3);
});

test('a time to live of nothing is a second, and one of a week an hour', async () => {
  let ttlS = 0;
  const { clock, asked, names } = cached(async () => ({ records: ['192.0.2.1'], ttlS }));
  await names.addresses('pbx');
  clock.advance(999);
  await names.addresses('pbx');
  assert.is(asked.length, 1);
  clock.advance(1);
  ttlS = 604_800;
  await names.addresses('pbx');
  clock.advance(3_600_000);
  await names.addresses('pbx');
  assert.is(asked.length, 3);
});

test('"nothing" and "not to be known" hold for ten seconds', async () => {
  for (const answer of [nothing, failing]) {
    const { clock, asked, names } = cached(answer);
    const first = await outcome(names.addresses('pbx'));
    clock.advance(9_999);
    assert.is(await outcome(names.addresses('pbx')), first);
    assert.is(asked.length, 1);
    clock.advance(1);
    await outcome(names.addresses('pbx'));
    assert.is(asked.length, 2);
  }
});

test('all who ask at the same time share one question', async () => {
  let answer: (found: Found<string>) => void = () => {};
  const { asked, names } = cached(
    () =>
      new Promise(done => {
        answer = done;
      }),
  );
  const all = Promise.all([names.addresses('pbx'), names.addresses('PBX'), names.addresses('pbx')]);
  answer({ records: ['192.0.2.1'], ttlS: 60 });
  assert.equal(await all, [['192.0.2.1'], ['192.0.2.1'], ['192.0.2.1']]);
  assert.is(asked.length, 1);
});

test('a question that is never answered is asked again after half a minute', async () => {
  const { clock, asked, names } = cached(() => new Promise(() => {}));
  void names.addresses('pbx');
  clock.advance(29_999);
  void names.addresses('pbx');
  assert.is(asked.length, 1);
  clock.advance(1);
  void names.addresses('pbx');
  assert.is(asked.length, 2);
});

test('while no server answers the last good answer stands in for an hour; a clear "nothing" ends it', async () => {
  let answer: () => Promise<Found<string>> = async () => ({ records: ['192.0.2.1'], ttlS: 60 });
  const { clock, names } = cached(() => answer());
  await names.addresses('pbx');
  answer = failing;
  clock.advance(60_000);
  assert.is(await outcome(names.addresses('pbx')), '192.0.2.1');
  clock.advance(3_500_000);
  assert.is(await outcome(names.addresses('pbx')), '192.0.2.1');
  clock.advance(100_000);
  assert.is(await outcome(names.addresses('pbx')), 'ETIMEOUT');

  answer = async () => ({ records: ['192.0.2.2'], ttlS: 60 });
  clock.advance(10_000);
  assert.is(await outcome(names.addresses('pbx')), '192.0.2.2');
  answer = nothing;
  clock.advance(60_000);
  assert.is(await outcome(names.addresses('pbx')), '');
  answer = failing;
  clock.advance(10_000);
  assert.is(await outcome(names.addresses('pbx')), 'ETIMEOUT');
});

test('it keeps a bounded number of names, those that were asked for last', async () => {
  const { asked, names } = cached(async () => ({ records: ['192.0.2.1'], ttlS: 60 }));
  await names.addresses('kept');
  for (let at = 0; at < 1_500; at++) {
    await names.addresses(`n${at}`);
    await names.addresses('kept');
  }
  assert.is(names.size, 1_024);
  assert.is(asked.filter(name => name === 'kept').length, 1);
});

test.run();
