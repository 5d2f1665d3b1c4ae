import { CrosspointError } from '../../base/errors.ts';
import { refuseLineBreaks } from './chars.ts';
import { type HeaderName, headerName } from './header-names.ts';
import { endOfElement, splitList } from './list-values.ts';

/**
 * The header fields of a message in their order, raw: nothing is parsed before somebody asks.
 *
 * Names are case-insensitive and may be compact ("v"); the canonical spelling is kept and written. A lookup is a scan
 * over a short array of interned keys, which beats building a map for the five or so lookups that a message sees.
 * Nothing that could break a line can get in, so a message cannot be made to carry a header that nobody set.
 */
export class Headers implements Iterable<readonly [name: string, value: string]> {
  readonly #names: HeaderName[] = [];
  readonly #values: string[] = [];

  /** From name/value pairs. @throws as `add` does */
  static of(pairs: Iterable<readonly [string, string]>): Headers {
    const headers = new Headers();
    for (const [name, value] of pairs) headers.add(name, value);
    return headers;
  }

  get size(): number {
    return this.#names.length;
  }

  /** The first value; of a header that may be a list (Via, Route, Contact…) its first element. */
  get(name: string): string | undefined {
    const index = this.#indexOf(name);
    if (index < 0) return undefined;
    const value = this.#values[index]!;
    if (!this.#names[index]!.list || value.indexOf(',') < 0) return value;
    const end = endOfElement(value, 0);
    return end === value.length ? value : (splitList(value)[0] ?? '');
  }

  /** Every value in order; fields of a header that may be a list are split at their commas. */
  getAll(name: string): string[] {
    const key = keyOf(name);
    const found: string[] = [];
    for (let i = 0; i < this.#names.length; i++) {
      const known = this.#names[i]!;
      if (known.key !== key) continue;
      if (known.list) found.push(...splitList(this.#values[i]!));
      else found.push(this.#values[i]!);
    }
    return found;
  }

  has(name: string): boolean {
    return this.#indexOf(name) >= 0;
  }

  /**
   * Replaces every field of that name, in the place of the first one (at the end when there was none).
   * @throws as `add` does
   */
  set(name: string, value: string | readonly string[]): void {
    const values = typeof value === 'string' ? [value] : value;
    const known = checkedName(name);
    for (const each of values) refuseLineBreaks(each, known.name);
    const first = this.#indexOf(name);
    this.delete(name);
    const at = first < 0 ? this.#names.length : first;
    this.#names.splice(at, 0, ...values.map(() => known));
    this.#values.splice(at, 0, ...values);
  }

  /**
   * Appends a field.
   * @throws CrosspointError sip.header-name (not a token), sip.line-break (CR, LF or NUL in the value)
   */
  add(name: string, value: string): void {
    const known = checkedName(name);
    refuseLineBreaks(value, known.name);
    this.#names.push(known);
    this.#values.push(value);
  }

  /** Puts a field before all others: a Via of ours. @throws as `add` does */
  prepend(name: string, value: string): void {
    const known = checkedName(name);
    refuseLineBreaks(value, known.name);
    this.#names.unshift(known);
    this.#values.unshift(value);
  }

  delete(name: string): void {
    const key = keyOf(name);
    for (let i = this.#names.length - 1; i >= 0; i--) {
      if (this.#names[i]!.key !== key) continue;
      this.#names.splice(i, 1);
      this.#values.splice(i, 1);
    }
  }

  /** For the parser alone: a name that it resolved and a value in which it saw no CR, LF or NUL. */
  addParsed(name: HeaderName, value: string): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  /** The fields as lines, each with its CRLF, without `except` (a lower-case name). */
  lines(except: string): string {
    let text = '';
    for (let i = 0; i < this.#names.length; i++) {
      const known = this.#names[i]!;
      if (known.key !== except) text += `${known.name}: ${this.#values[i]!}\r\n`;
    }
    return text;
  }

  *[Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    for (let i = 0; i < this.#names.length; i++) yield [this.#names[i]!.name, this.#values[i]!];
  }

  #indexOf(name: string): number {
    const key = keyOf(name);
    for (let i = 0; i < this.#names.length; i++) if (this.#names[i]!.key === key) return i;
    return -1;
  }
}

function keyOf(name: string): string {
  return headerName(name)?.key ?? '';
}

function checkedName(name: string): HeaderName {
  const known = headerName(name);
  if (!known) throw new CrosspointError('sip.header-name', "a header name is made of letters, digits and -.!%*_+`'~");
  return known;
}
