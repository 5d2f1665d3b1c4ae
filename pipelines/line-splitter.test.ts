import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LineSplitter } from './line-splitter.ts';

function linesOf(...chunks: string[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(line => lines.push(line), 100);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  return lines;
}

test('lines come out whole however the stream was cut', () => {
  assert.equal(linesOf('{"a":1}\n{"b"', ':2', '}\n\n{"c":3}\n{"d"'), ['{"a":1}', '{"b":2}', '', '{"c":3}']);
});

test('a character that two chunks share is not broken', () => {
  const bytes = Buffer.from('"ü"\n');
  const lines: string[] = [];
  const splitter = new LineSplitter(line => lines.push(line), 100);
  splitter.push(bytes.subarray(0, 2));
  splitter.push(bytes.subarray(2));
  assert.equal(lines, ['"ü"']);
});

test('a line without end is refused instead of kept', () => {
  const splitter = new LineSplitter(() => {}, 100);
  splitter.push(Buffer.alloc(100, 0x61));
  assert.throws(() => splitter.push(Buffer.from('a')), /longer than/);
});

test.run();
