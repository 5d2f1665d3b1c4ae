import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../rig/own-box.ts';

/** A fenced block of a page, such as ```` ```yaml box ````. */
export interface Block {
  readonly language: string;
  /** The word behind the language; empty when there is none. */
  readonly mark: string;
  readonly text: string;
  /** Of its first line of text, as editors count. */
  readonly line: number;
}

export interface Page {
  /** From the root of the repository: "docs/trunks/kamailio.md". */
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const FOLDER = 'docs/trunks';

/** Every page about trunks. */
export function trunkPages(): Page[] {
  const names = readdirSync(path.join(root, FOLDER)).filter(name => name.endsWith('.md'));
  return names.sort().map(name => pageOf(`${FOLDER}/${name}`));
}

export function pageOf(file: string): Page {
  const text = readFileSync(path.join(root, file), 'utf8');
  return { file, text, blocks: blocksOf(text) };
}

/** The one block of a page with that mark; fails when there is none, or more than one. */
export function blockOf({ file, blocks }: Page, mark: string): string {
  const found = blocks.filter(block => block.mark === mark);
  if (found.length !== 1 || !found[0]) throw new Error(`${file} has ${found.length} blocks with the mark "${mark}"`);
  return found[0].text;
}

export function blocksOf(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, language = '', mark = ''] = /^```(\S+)(?: +(\S+))?\s*$/.exec(lines[at] ?? '') ?? [];
    if (language === '') continue;
    const end = lines.indexOf('```', at + 1);
    if (end < 0) throw new Error(`the block that begins in line ${at + 1} never ends`);
    blocks.push({ language, mark, text: `${lines.slice(at + 1, end).join('\n')}\n`, line: at + 2 });
    at = end;
  }
  return blocks;
}
