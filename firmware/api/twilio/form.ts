import { TwilioError } from './errors.ts';

const MAX_FIELDS = 200;

/** A form as the vendor's SDKs send it: a field may come several times. */
export class Form {
  readonly #fields: ReadonlyMap<string, readonly string[]>;

  private constructor(fields: ReadonlyMap<string, readonly string[]>) {
    this.#fields = fields;
  }

  static read(body: string): Form {
    const fields = new Map<string, string[]>();
    let count = 0;
    for (const [name, value] of new URLSearchParams(body)) {
      count += 1;
      if (count > MAX_FIELDS) throw new TwilioError(400, 20001, `The form has more than ${MAX_FIELDS} fields`);
      fields.set(name, [...(fields.get(name) ?? []), value]);
    }
    return new Form(fields);
  }

  /** undefined: it is not there, or empty. */
  get(name: string): string | undefined {
    const value = this.#fields.get(name)?.at(-1);
    return value === '' ? undefined : value;
  }

  /** Of a field that repeats, or holds several words. */
  all(name: string): string[] {
    return (this.#fields.get(name) ?? []).flatMap(value => value.split(/[\s,]+/)).filter(value => value !== '');
  }

  names(): string[] {
    return [...this.#fields.keys()];
  }

  /** @throws TwilioError with that code */
  url(name: string, code: number): string | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (value.length <= 4096 && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
    throw new TwilioError(400, code, `${name} is not a valid URL`);
  }

  method(name: string): 'GET' | 'POST' {
    const value = this.get(name)?.toUpperCase() ?? 'POST';
    if (value === 'GET' || value === 'POST') return value;
    throw new TwilioError(400, 21209, `${name} must be GET or POST`);
  }

  /** Seconds. @throws TwilioError with that code */
  seconds(name: string, most: number, code: number): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const seconds = /^\d{1,7}$/.test(value) ? Number(value) : 0;
    if (seconds >= 1 && seconds <= most) return seconds;
    throw new TwilioError(400, code, `${name} must be a whole number of seconds from 1 to ${most}`);
  }
}
