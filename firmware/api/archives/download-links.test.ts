import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import { DownloadLinks, LINK_SECONDS } from './download-links.ts';

const clock = new ManualClock(1_795_000_000_000);
const links = new DownloadLinks(Buffer.alloc(32, 1), clock);
const linked = { project: '46000001', archive: 'a-1', filename: 'archive.ogg' };

function parts(link: string): [expires: number, signature: string] {
  const { searchParams } = new URL(link, 'http://box');
  return [Number(searchParams.get('expires')), searchParams.get('signature') ?? ''];
}

test('a link opens its file for ten minutes', () => {
  const link = links.to(linked);
  assert.match(link, /^\/archives\/46000001\/a-1\/archive\.ogg\?expires=\d+&signature=[\w-]{43}$/);
  links.check(linked, ...parts(link));
  clock.advance(LINK_SECONDS * 1000);
  links.check(linked, ...parts(link));
  clock.advance(1000);
  assert.throws(() => links.check(linked, ...parts(link)), /not valid/);
});

test('it opens no other file, not longer than it says, and with no other signature', () => {
  const [expires, signature] = parts(links.to(linked));
  for (const other of [{ project: '46000002' }, { archive: 'a-2' }, { filename: 'archive.zip' }])
    assert.throws(() => links.check({ ...linked, ...other }, expires, signature), /not valid/);
  assert.throws(() => links.check(linked, expires + 1, signature), /not valid/);
  for (const wrong of ['', 'x', `${signature}A`, signature.replace(/^./, first => (first === 'A' ? 'B' : 'A'))])
    assert.throws(() => links.check(linked, expires, wrong), /not valid/);
  const strange = new DownloadLinks(Buffer.alloc(32, 2), clock);
  assert.throws(() => links.check(linked, ...parts(strange.to(linked))), /not valid/);
});

test.run();
