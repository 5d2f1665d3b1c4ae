import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PictureWish, type PictureWishes } from './picture-wish.ts';

const SHOWN: PictureWishes = { video: true, preferredResolution: null };

/** A box that answers when it is told to. */
function slowBox() {
  const asked: Partial<PictureWishes>[] = [];
  const answers: { ok: () => void; fail: () => void }[] = [];
  const tell = (changed: Partial<PictureWishes>) =>
    new Promise<void>((resolve, reject) => {
      asked.push(changed);
      answers.push({ ok: resolve, fail: () => reject(new Error('no')) });
    });
  const settle = async (how: 'ok' | 'fail') => {
    answers.shift()?.[how]();
    await new Promise(resolve => setTimeout(resolve));
  };
  return { asked, tell, settle };
}

test('what is wished while the box is asked is asked for afterwards, and only the last wish', async () => {
  const { asked, tell, settle } = slowBox();
  const picture = new PictureWish();
  picture.attach(tell);
  assert.equal(asked, []);
  for (const video of [false, true, false, true]) picture.set({ ...SHOWN, video });
  assert.equal(asked, [{ video: false }]);
  await settle('ok');
  assert.equal(asked, [{ video: false }, { video: true }]);
  await settle('ok');
  assert.equal(asked, [{ video: false }, { video: true }]);
});

test('a subscription that is made anew is told again, also when the one before it did not answer', async () => {
  const picture = new PictureWish();
  picture.set({ ...SHOWN, video: false });
  const [first, second] = [slowBox(), slowBox()];
  picture.attach(first.tell);
  picture.attach(null);
  picture.attach(second.tell);
  assert.equal([first.asked, second.asked], [[{ video: false }], []]);
  await first.settle('fail');
  assert.equal([first.asked, second.asked], [[{ video: false }], [{ video: false }]]);
  await second.settle('ok');
  picture.set(SHOWN);
  assert.equal(second.asked, [{ video: false }, { video: true }]);
});

test('the size is told beside, once for equal ones', async () => {
  const { asked, tell, settle } = slowBox();
  const picture = new PictureWish();
  picture.set({ video: true, preferredResolution: { width: 160, height: 120 } });
  picture.attach(tell);
  await settle('ok');
  picture.set({ video: true, preferredResolution: { width: 160, height: 120 } });
  picture.set({ video: false, preferredResolution: null });
  assert.equal(asked, [
    { preferredResolution: { width: 160, height: 120 } },
    { video: false, preferredResolution: null },
  ]);
});

test.run();
