import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSimulcastLines } from './simulcast-lines.ts';

const rids = (...names: string[]) => names.map(name => `a=rid:${name} send\r\n`).join('');
const offer = (lines: string) => readSimulcastLines(`v=0\r\nm=video 9 X 96\r\n${lines}`);

test('the layers of each media are read in their order, and one that is paused is one', () => {
  assert.equal(offer(`${rids('q', 'h', 'f')}a=simulcast:send q;~h;f\r\n`), [['q', 'h', 'f']]);
  assert.equal(offer(`${rids('a', 'b')}a=simulcast:recv x send b;a\r\nm=audio 9 X 0\r\n`), [['b', 'a'], null]);
});

test('of more than three layers the first three are taken', () => {
  assert.equal(offer(`${rids('a', 'b', 'c', 'd')}a=simulcast:send a;b;c;d\r\n`), [['a', 'b', 'c']]);
});

test('what is no simulcast of ours is none', () => {
  for (const lines of [
    '',
    rids('a', 'b'),
    `${rids('a', 'b')}a=simulcast:send a;b,c\r\n`,
    `${rids('a')}a=simulcast:send a;b\r\n`,
    `${rids('a')}a=simulcast:send a\r\n`,
    `${rids('a', 'b')}a=simulcast:send a;a\r\n`,
    `${rids('a', 'b')}a=simulcast:send\r\n`,
    `${rids('a', 'b')}a=simulcast:recv a;b\r\n`,
    `a=rid:a recv\r\na=rid:b recv\r\na=simulcast:send a;b\r\n`,
    `${rids('a b', 'ä')}a=simulcast:send ${'a;'.repeat(300)}\r\n`,
    `${rids('x'.repeat(17), 'b')}a=simulcast:send ${'x'.repeat(17)};b\r\n`,
  ])
    assert.equal(offer(lines), [null], lines);
  assert.equal(readSimulcastLines('a=simulcast:send a;b\r\n'), []);
});

test.run();
