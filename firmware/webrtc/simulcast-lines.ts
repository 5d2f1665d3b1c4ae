/** More than three sizes of one picture serve nobody. */
const MAX_LAYERS = 3;
/** RFC 8851 §10, RFC 8852 §3.1: what one byte's header can carry. */
const RID = /^[A-Za-z0-9_-]{1,16}$/;
const LINE = /^a=(rid|simulcast):(.{1,400})$/;

/**
 * The layers that each m= line in turn offers to send (RFC 8853), in the order of the offer: their RIDs; the first of them where there are more. Null where there
 * is no such offer, or one with alternatives, which is answered as one of a single stream.
 */
export function readSimulcastLines(text: string): (readonly string[] | null)[] {
  const media: { rids: Set<string>; layers: string | null }[] = [];
  for (const line of text.split(/[\r\n]+/)) {
    if (line.startsWith('m=')) media.push({ rids: new Set(), layers: null });
    const section = media.at(-1);
    const [, attribute, value] = (section && LINE.exec(line.trimEnd())) ?? [];
    if (!section || value === undefined) continue;
    const words = value.split(' ');
    if (attribute === 'simulcast') section.layers = afterWord(words, 'send');
    else if (words[1] === 'send') section.rids.add(words[0] ?? '');
  }
  return media.map(({ rids, layers }) => layersOf(layers, rids));
}

/** One that is paused at first (`~`) is one all the same. */
function layersOf(layers: string | null, rids: ReadonlySet<string>): readonly string[] | null {
  const named = (layers ?? '').split(';').map(each => each.replace(/^~/, ''));
  const known = named.every(rid => RID.test(rid) && rids.has(rid)) && new Set(named).size === named.length;
  return known && named.length > 1 ? named.slice(0, MAX_LAYERS) : null;
}

function afterWord(words: readonly string[], word: string): string | null {
  const at = words.indexOf(word);
  return at < 0 ? null : (words[at + 1] ?? null);
}
