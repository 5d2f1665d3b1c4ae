import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RefusalSlug, ROOM_REASONS, type RoomFigures } from './reasons.ts';
import { RoomWatch } from './room-watch.ts';

const limits = { workerBusy: 0.8, workerLateMs: 40, memoryFreeBytes: 1000, diskFreeBytes: 2000 };
const well: RoomFigures = { busyRatio: 0.2, tickLateMs: 1, memoryFreeBytes: 1e6, diskFreeBytes: 1e6 };

/** What is seen second by second, and whether calls are refused then. */
const stories: [
  slug: RefusalSlug,
  story: string,
  seconds: (readonly [figures: Partial<RoomFigures>, refused: boolean])[],
][] = [
  [
    'worker-busy',
    'a second of much work is no reason, two are; they go on until a tenth of it is gone',
    [
      [{ busyRatio: 0.85 }, false],
      [{ busyRatio: 0.7 }, false],
      [{ busyRatio: 0.85 }, false],
      [{ busyRatio: 0.85 }, true],
      [{ busyRatio: 0.79 }, true],
      [{ busyRatio: 0.73 }, true],
      [{ busyRatio: 0.71 }, false],
      [{ busyRatio: 0.79 }, false],
    ],
  ],
  [
    'worker-late',
    'a machine that stalls now and then is no reason, three late seconds are; they go on until half of it is gone',
    [
      [{ tickLateMs: 60 }, false],
      [{ tickLateMs: 60 }, false],
      [{ tickLateMs: 3 }, false],
      [{ tickLateMs: 60 }, false],
      [{ tickLateMs: 60 }, false],
      [{ tickLateMs: 60 }, true],
      [{ tickLateMs: 25 }, true],
      [{ tickLateMs: 15 }, false],
    ],
  ],
  [
    'memory-low',
    'memory must be short for two seconds, and be there again by a quarter more',
    [
      [{ memoryFreeBytes: 999 }, false],
      [{ memoryFreeBytes: 500 }, true],
      [{ memoryFreeBytes: 1200 }, true],
      [{ memoryFreeBytes: 1250 }, false],
    ],
  ],
  [
    'disk-full',
    'the disk must be full for two seconds, and have room again by a quarter more',
    [
      [{ diskFreeBytes: 0 }, false],
      [{ diskFreeBytes: 0 }, true],
      [{ diskFreeBytes: 2400 }, true],
      [{ diskFreeBytes: 2500 }, false],
    ],
  ],
];

for (const [slug, story, seconds] of stories)
  test(`${slug}: ${story}`, () => {
    const watch = watchOf(slug);
    for (const [index, [figures, refused]] of seconds.entries()) {
      watch.look({ ...well, ...figures });
      assert.is(watch.holds, refused, `second ${index}`);
    }
  });

for (const { slug } of ROOM_REASONS)
  test(`${slug}: what cannot be measured changes nothing`, () => {
    const unknown = { busyRatio: null, tickLateMs: null, memoryFreeBytes: null, diskFreeBytes: null };
    const bad = { busyRatio: 1, tickLateMs: 100, memoryFreeBytes: 0, diskFreeBytes: 0 };
    const watch = watchOf(slug);
    for (let second = 0; second < 10; second++) watch.look(unknown);
    assert.is(watch.holds, false);
    for (let second = 0; second < 10; second++) watch.look(bad);
    watch.look(unknown);
    assert.is(watch.holds, true);
  });

test('0 bytes switch a reason off', () => {
  const watch = watchOf('disk-full', { ...limits, diskFreeBytes: 0 });
  for (let second = 0; second < 10; second++) watch.look({ ...well, diskFreeBytes: 0 });
  assert.is(watch.holds, false);
});

function watchOf(slug: RefusalSlug, of = limits): RoomWatch {
  const reason = ROOM_REASONS.find(each => each.slug === slug);
  if (!reason) throw new Error(`there is no ${slug}`);
  return new RoomWatch(reason, of);
}

test.run();
