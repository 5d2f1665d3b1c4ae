/** Pieces that delimit, pad or continue something in one of the grammars here, to be repeated without end. */
const PUMPS = [
  ...[' ', '\t', '\r\n', '\n', '\r\n ', 'a', 'A', '0', '9', '.', '-', '%', '%41', '"', '\\', '<', '>', '(', '[', ':'],
  ...[',', ';', '=', '@', '&', '|', '+', '/', '*', '#', "'", '~', '1.', 'a ', ' a', ' =', '; ', ';a=', 'sip:', 'i:'],
  ...['a=', 'o=', 'k=', ' :', '\n:', '=a ', 'a: ', '\ni: ', ':::', '1.1.1.', '\r\n\r\n', '\0', 'tag', '"a"'],
];
const ENDINGS = ['', '\0', '\n', '!', ' x'];

/** A text that makes a regular expression work: `head`, then `pump` as often as there is room, then `ending`. */
export interface Attack {
  readonly head: string;
  readonly pump: string;
  readonly ending: string;
}

export function textOf({ head, pump, ending }: Attack, length: number): string {
  return head + pump.repeat(Math.floor(length / pump.length)) + ending;
}

/** More places than a header field has that somebody wrote by hand. */
const PLACES = 40;

/**
 * Whatever a regular expression matches in a sample, with a piece repeated at each place of the match, and what comes
 * behind cut off or replaced, so that it fails late.
 */
export function attacks(regex: RegExp, samples: readonly string[]): Attack[] {
  const once = new RegExp(regex.source, regex.flags.replace('g', ''));
  const heads = new Set(['']);
  for (const sample of samples) {
    const match = once.exec(sample);
    if (!match) continue;
    const end = Math.min(match.index + match[0].length, match.index + PLACES);
    const lineStart = sample.lastIndexOf('\n', match.index - 1) + 1;
    for (let at = match.index; at <= end; at++) heads.add(sample.slice(lineStart, at));
  }
  return [...heads].flatMap(head => PUMPS.flatMap(pump => ENDINGS.map(ending => ({ head, pump, ending }))));
}
