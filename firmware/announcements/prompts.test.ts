import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../base/log.ts';
import { BUILT_IN_PROMPTS } from './built-in-prompts.ts';
import { type PromptName, Prompts } from './prompts.ts';

const test = suite<{ folder: string }>('prompts');

test.before(context => {
  context.folder = mkdtempSync(path.join(tmpdir(), 'prompts-'));
  for (const file of [
    'built/en/muted.wav',
    'built/en/unmuted.wav',
    'built/de/muted.wav',
    'pack-de/muted.ogg',
    'pack-en/muted.mp3',
  ]) {
    mkdirSync(path.dirname(path.join(context.folder, file)), { recursive: true });
    writeFileSync(path.join(context.folder, file), '');
  }
});
test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** Where a prompt is looked for, best first, below the folder. */
async function order(folder: string, locale: string, name: PromptName, packs: readonly string[]): Promise<string[]> {
  const entries = packs.map(pack => ({ locale: pack, directory: path.join(folder, `pack-${pack}`) }));
  const prompts = new Prompts({ locale, packs: entries }, path.join(folder, 'built'), silentLog);
  return (await prompts.find(name)).map(({ directory, file }) => path.relative(folder, path.join(directory, file)));
}

test('the language’s pack comes first, then what is built in of it, then English in the same order', async ({
  folder,
}) => {
  assert.equal(await order(folder, 'de', 'muted', ['en', 'de']), [
    'pack-de/muted.ogg',
    'built/de/muted.wav',
    'pack-en/muted.mp3',
    'built/en/muted.wav',
  ]);
  assert.equal(await order(folder, 'en', 'muted', ['en', 'de']), ['pack-en/muted.mp3', 'built/en/muted.wav']);
});

test('what a pack or language lacks is taken from the next, and a pack that is not there stops nothing', async ({
  folder,
}) => {
  assert.equal(await order(folder, 'de', 'unmuted', ['de']), ['built/en/unmuted.wav']);
  assert.equal(await order(folder, 'fr', 'muted', ['fr']), ['built/en/muted.wav']);
  assert.equal(await order(folder, 'en', 'muted-by-moderator', []), []);
});

test('the build has spoken every prompt in English', async () => {
  const prompts = new Prompts({ locale: 'en', packs: [] }, BUILT_IN_PROMPTS, silentLog);
  for (const name of ['muted', 'unmuted', 'muted-by-moderator'] as const)
    assert.equal(await prompts.find(name), [{ directory: path.join(BUILT_IN_PROMPTS, 'en'), file: `${name}.wav` }]);
});

test.run();
