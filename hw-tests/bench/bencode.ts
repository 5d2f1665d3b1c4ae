/**
 * Bencode (BitTorrent BEP 3): what rtpengine's NG protocol speaks. Strings are UTF-8, numbers whole.
 */
export type Bencoded = string | number | readonly Bencoded[] | { readonly [key: string]: Bencoded };

export function bencode(value: Bencoded): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (typeof value === 'number') return `i${value}e`;
  if (isList(value)) return `l${value.map(bencode).join('')}e`;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `d${pairs.map(([key, of]) => bencode(key) + bencode(of)).join('')}e`;
}

/** @throws on anything but one whole value */
export function bdecode(bytes: Buffer): Bencoded {
  const reader = new Reader(bytes);
  const value = reader.value();
  if (!reader.atEnd) throw new Error('bencode: more than one value');
  return value;
}

// Array.isArray does not narrow a readonly array away.
const isList = (value: Bencoded): value is readonly Bencoded[] => Array.isArray(value);

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(): Bencoded {
    switch (String.fromCharCode(this.#bytes[this.#at] ?? 0)) {
      case 'i':
        this.#at++;
        return this.#number('e');
      case 'l':
        return [...this.#untilEnd()];
      case 'd':
        return this.#dictionary();
      default:
        return this.#string();
    }
  }

  #dictionary(): Record<string, Bencoded> {
    const flat = [...this.#untilEnd()];
    const pairs = Array.from({ length: flat.length / 2 }, (_, k) => [flat[2 * k], flat[2 * k + 1]] as const);
    if (flat.length % 2 === 1 || pairs.some(([key]) => typeof key !== 'string'))
      throw new Error('bencode: a dictionary without a key or a value');
    return Object.fromEntries(pairs) as Record<string, Bencoded>;
  }

  *#untilEnd(): Generator<Bencoded> {
    this.#at++;
    while (this.#bytes[this.#at] !== END) yield this.value();
    this.#at++;
  }

  #string(): string {
    const length = this.#number(':');
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new Error('bencode: a string that is longer than the message');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end;
    return text;
  }

  #number(terminator: 'e' | ':'): number {
    const end = this.#bytes.indexOf(terminator, this.#at);
    const text = this.#bytes.toString('latin1', this.#at, Math.max(end, this.#at));
    if (!/^-?\d{1,15}$/.test(text)) throw new Error(`bencode: no number at byte ${this.#at}`);
    this.#at = end + 1;
    return Number(text);
  }
}

const END = 'e'.charCodeAt(0);
