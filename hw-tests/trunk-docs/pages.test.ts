import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../firmware/config/load.ts';
import { root } from '../rig/own-box.ts';
import { blocksOf, pageOf, trunkPages } from './page.ts';

const pages = trunkPages();
/** What a page is about, not how to connect one kind of peer. */
const GENERAL = ['docs/trunks/README.md', 'docs/trunks/sheet.md'];

test('there is a page for each peer, and the overview leads to it', () => {
  const overview = pageOf('docs/trunks/README.md');
  const peers = pages.filter(({ file }) => !file.endsWith('/README.md'));
  assert.ok(peers.length >= 8, `only ${peers.length} pages`);
  for (const { file } of peers) assert.ok(overview.text.includes(`(${path.basename(file)})`), `no link to ${file}`);
});

for (const { file, text, blocks } of pages) {
  test(`${file}: every configuration of the box is accepted`, () => {
    for (const { language, text: yaml, line } of blocks) {
      if (language !== 'yaml') continue;
      // A message names the line of the page.
      assert.not.throws(() => parseConfig(`${'\n'.repeat(line - 1)}${yaml}`, file));
    }
  });

  test(`${file}: its links lead somewhere`, () => {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^https?:/.test(target)) continue;
      assert.ok(existsSync(path.join(root, path.dirname(file), target)), `${target} is not there`);
    }
  });

  if (GENERAL.includes(file)) continue;
  test(`${file}: says at its head whether it is tested, and has a configuration of the box`, () => {
    assert.match(text.split('\n').slice(0, 6).join('\n'), /^(Tested|Not tested here):? /m);
    assert.ok(blocks.some(({ language, mark }) => language === 'yaml' && mark === 'box'));
  });
}

test('the sheet of the SIP stack names test files that exist', () => {
  const { text } = pageOf('docs/sip.md');
  const named = [...text.matchAll(/`((?:firmware|hw-tests)\/[\w./-]+)`/g)].map(([, file = '']) => file);
  assert.ok(named.length > 40, `only ${named.length} files are named`);
  for (const file of new Set(named)) assert.ok(existsSync(path.join(root, file)), `${file} is not there`);
});

test('a fenced block is found with its mark and its line', () => {
  const [block] = blocksOf('# A page\n\n```yaml box\nbox: a\n```\n');
  assert.equal(block, { language: 'yaml', mark: 'box', text: 'box: a\n', line: 4 });
});

test.run();
