import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Emitter } from './emitter.ts';
import { OTEvent } from './ot-event.ts';

class Thing extends Emitter<{ one: number; two: number; 'signal:greeting': number }> {
  fire(name: string, value: unknown): void {
    this.emit(name, value);
  }
}

test('several names in one string, or an object of handlers, with a context that is this', () => {
  const thing = new Thing();
  const heard: unknown[] = [];
  const context = { name: 'context' };
  thing.on('one two', (value: never) => heard.push(value));
  thing.on(
    {
      one(this: unknown) {
        heard.push(this);
      },
    },
    context,
  );
  thing.fire('one', 1);
  thing.fire('two', 2);
  assert.equal(heard, [1, context, 2]);
});

test('once is once, and off takes a name, a handler, a context, or everything', () => {
  const thing = new Thing();
  const heard: string[] = [];
  const a = () => heard.push('a');
  const b = () => heard.push('b');
  const context = {};
  thing.once('one', () => heard.push('once'));
  thing.on('one', a).on('one', b, context);
  thing.fire('one', 0);
  assert.equal(heard.splice(0), ['once', 'a', 'b']);
  thing.off('one', a);
  thing.fire('one', 0);
  assert.equal(heard.splice(0), ['b']);
  thing.off('one', undefined, context);
  thing.fire('one', 0);
  thing.on('two', a).off();
  thing.fire('two', 0);
  assert.equal(heard, []);
});

test('a handler that throws keeps no other from being called', () => {
  const thing = new Thing();
  const { error } = console;
  console.error = () => {};
  let called = false;
  thing.on('one', () => {
    throw new Error('of the page');
  });
  thing.on('one', () => {
    called = true;
  });
  thing.fire('one', 0);
  console.error = error;
  assert.ok(called);
});

test('only what is cancelable can be prevented', () => {
  const [plain, cancelable] = [new OTEvent('a', null), new OTEvent('b', null, true)];
  plain.preventDefault();
  cancelable.preventDefault();
  assert.equal([plain.isDefaultPrevented(), cancelable.isDefaultPrevented()], [false, true]);
});

test.run();
