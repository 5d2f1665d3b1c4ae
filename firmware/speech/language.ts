/** Tags that mean the language of another tag, as far as an engine can tell them apart. */
const same: Readonly<Record<string, string>> = {
  arb: 'ar',
  'en-au': 'en-gb',
  'en-ca': 'en-us',
  'en-ph': 'en-us',
  'es-ar': 'es-419',
  'es-cl': 'es-419',
  'es-co': 'es-419',
  'es-mx': 'es-419',
  'es-pe': 'es-419',
  'es-us': 'es-419',
  'es-ve': 'es-419',
  in: 'id',
  iw: 'he',
  nn: 'nb',
  'zh-hk': 'yue',
  'zh-mo': 'yue',
};

/**
 * The language that comes nearest to a BCP 47 tag: itself, or with fewer subtags ("de-AT-1996", "de-AT", "de").
 *
 * @param languages tags in lower case
 * @returns one of them; null: it has none of that kind
 */
export function nearestLanguage(tag: string, languages: ReadonlyMap<string, unknown>): string | null {
  const subtags = tag.toLowerCase().replaceAll('_', '-').split('-');
  for (let count = subtags.length; count > 0; count--) {
    const shorter = subtags.slice(0, count).join('-');
    const meant = [shorter, same[shorter]].find(one => one !== undefined && languages.has(one));
    if (meant !== undefined) return meant;
  }
  return null;
}
