import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PictureSwitch } from './picture-switch.ts';

/** A box that answers when it is told to. */
function slowBox() {
  const asked: boolean[] = [];
  const answers: { ok: () => void; fail: () => void }[] = [];
  const tell = (on: boolean) =>
    new Promise<void>((resolve, reject) => {
      asked.push(on);
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
  const picture = new PictureSwitch();
  picture.attach(tell);
  assert.equal(asked, []);
  for (const on of [false, true, false, true]) picture.set(on);
  assert.equal(asked, [false]);
  await settle('ok');
  assert.equal(asked, [false, true]);
  await settle('ok');
  assert.equal(asked, [false, true]);
});

test('a subscription that is made anew is told again, also when the one before it did not answer', async () => {
  const picture = new PictureSwitch();
  picture.set(false);
  const [first, second] = [slowBox(), slowBox()];
  picture.attach(first.tell);
  picture.attach(null);
  picture.attach(second.tell);
  assert.equal([first.asked, second.asked], [[false], []]);
  await first.settle('fail');
  assert.equal([first.asked, second.asked], [[false], [false]]);
  await second.settle('ok');
  picture.set(true);
  assert.equal(second.asked, [false, true]);
});

test.run();
