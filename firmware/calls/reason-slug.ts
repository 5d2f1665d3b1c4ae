import { returnCode } from '../sip/reason/return-codes.ts';
import { endReasons } from './reasons.ts';

const OWN: ReadonlyMap<string, string> = new Map(
  Object.values(endReasons).map(({ code, message }) => [code, slug(message)]),
);

/**
 * The reason of an end as a word of a set that is known beforehand: of a status its registered phrase, never the one that
 * a far end has sent; `4xx` of one that nobody registered.
 */
export function reasonSlug(code: string): string {
  const own = OWN.get(code);
  if (own !== undefined) return own;
  const status = Number(code);
  if (!Number.isInteger(status) || status < 100 || status > 699) return 'other';
  const { known, phrase } = returnCode(status);
  return known ? slug(phrase) : `${Math.floor(status / 100)}xx`;
}

function slug(phrase: string): string {
  return phrase
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
