import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { parseTypedValue, splitMultipart } from './multipart.ts';

const TYPE = parseTypedValue('multipart/mixed;boundary="b 1"');

function split(lines: string[], type = TYPE): [type: string | undefined, body: string][] {
  const parts = splitMultipart(type, Buffer.from(lines.join('\r\n')));
  return parts.map(({ headers, body }) => [headers.get('Content-Type'), body.toString()]);
}

test('parts come without the line break that belongs to the next boundary', () => {
  const lines = [
    'preamble',
    '--b 1',
    'content-type: a/b',
    '',
    'one',
    'two',
    '--b 1',
    '',
    'three',
    '--b 1--',
    'epilogue',
  ];
  assert.equal(split(lines), [
    ['a/b', 'one\r\ntwo'],
    [undefined, 'three'],
  ]);
});

test('compact header names and line feeds alone are read', () => {
  const body = Buffer.from('--b 1\nc: a/b\n\nx\n--b 1--\n');
  const [part] = splitMultipart(TYPE, body);
  assert.is(part?.headers.get('Content-Type'), 'a/b');
  assert.is(part?.body.toString(), 'x');
});

test('a boundary in the middle of a line is text, and a missing last one is forgiven', () => {
  assert.equal(split(['--b 1', '', 'x --b 1', 'y']), [[undefined, 'x --b 1\r\ny']]);
});

test('bytes pass as they are', () => {
  const isup = Buffer.from([1, 0, 13, 10, 255, 45, 45]);
  const body = Buffer.concat([Buffer.from('--b 1\r\n\r\n'), isup, Buffer.from('\r\n--b 1--')]);
  assert.equal(splitMultipart(TYPE, body)[0]?.body, isup);
});

test('what cannot be cut is refused', () => {
  const many = Array.from({ length: 40 }, () => ['--b 1', '', 'x']).flat();
  const refused: [lines: string[], type?: string][] = [
    [['--b 1', '', 'x'], 'multipart/mixed'],
    [['--b 1', '', 'x'], `multipart/mixed;boundary=${'b'.repeat(71)}`],
    [many],
    [['--b 1', 'no colon', '', 'x']],
    [['--b 1', 'bad name: x', '', 'x']],
    [['--b 1', `X: ${'y'.repeat(5000)}`, '', 'x']],
  ];
  for (const [lines, type] of refused)
    assert.throws(() => split(lines, type === undefined ? TYPE : parseTypedValue(type)), isParseError);
});

test('hostile bodies cost linear time', () => {
  const start = performance.now();
  const bodies = ['--b 1'.repeat(13_000), '\n--b '.repeat(13_000), `--b 1\n${'\n'.repeat(60_000)}`];
  for (const body of bodies) splitMultipart(TYPE, Buffer.from(body));
  assert.ok(performance.now() - start < 500);
});

function isParseError(error: unknown): boolean {
  return error instanceof SipParseError;
}

test.run();
