import type { ScriptWarning } from '../../../scripts/action.ts';
import type { WebTarget } from '../../../scripts/web.ts';
import type { VerbRule } from './verbs.ts';
import type { XmlElement } from './xml-tree.ts';

/** Where a document is, and who hears of what is wrong with it. */
export interface Reading {
  /** Addresses are relative to this; null: the document came with a request. */
  readonly base: URL | null;
  warn(warning: ScriptWarning): void;
}

/** An element's attributes, read by its rule; what is wrong counts for nothing, and is told. */
export class Attributes {
  readonly #element: XmlElement;
  readonly #rule: VerbRule;
  readonly #place: string;
  readonly #reading: Reading;

  constructor(element: XmlElement, rule: VerbRule, place: string, reading: Reading) {
    this.#element = element;
    this.#rule = rule;
    this.#place = place;
    this.#reading = reading;
    for (const name of element.attributes.keys()) {
      if (Object.hasOwn(rule.attributes, name)) continue;
      if (rule.ignored.includes(name)) this.#warn(name, 'not-supported', `${name} has no effect here`);
      else this.#warn(name, 'unknown-key', `${element.name} has no attribute ${name}`);
    }
  }

  has(name: string): boolean {
    return this.#element.attributes.has(name);
  }

  text(name: string): string | null {
    const value = this.#element.attributes.get(name);
    if (value === undefined) return null;
    const { value: kind } = this.#ruleOf(name);
    const most = kind.kind === 'text' ? (kind.maxLength ?? 1024) : 1024;
    if (value.length <= most) return value;
    this.#warn(name, 'too-long', `${name} is longer than ${most} characters`);
    return null;
  }

  whole(name: string): number | null {
    const { value: kind, standard } = this.#ruleOf(name);
    const usual = standard !== undefined && /^\d+$/.test(standard) ? Number(standard) : null;
    const value = this.#element.attributes.get(name)?.trim();
    if (value === undefined || kind.kind !== 'whole') return usual;
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= kind.min && number <= kind.max) return number;
    this.#warn(name, 'bad-value', `${name} must be a whole number from ${kind.min} to ${kind.max}`);
    return usual;
  }

  flag(name: string): boolean {
    const usual = this.#ruleOf(name).standard === 'true';
    const value = this.#element.attributes.get(name)?.trim().toLowerCase();
    if (value === undefined) return usual;
    if (value === 'true' || value === 'false') return value === 'true';
    this.#warn(name, 'bad-value', `${name} must be true or false`);
    return usual;
  }

  choice(name: string): string {
    const { value: kind, standard = '' } = this.#ruleOf(name);
    const value = this.#element.attributes.get(name)?.trim();
    if (value === undefined || kind.kind !== 'choice') return standard;
    const known = kind.of.find(each => each.toLowerCase() === value.toLowerCase());
    if (known === undefined) this.#warn(name, 'bad-value', `${name} must be one of ${kind.of.join(', ')}`);
    return known ?? standard;
  }

  keys(name: string): string {
    const { standard = '' } = this.#ruleOf(name);
    const value = this.#element.attributes.get(name);
    if (value === undefined) return standard;
    if (/^[0-9*#]{0,12}$/.test(value)) return value;
    this.#warn(name, 'bad-value', `${name} must be keys of a telephone`);
    return standard;
  }

  /** null: there is none, or none that can be asked. */
  url(name: string): string | null {
    const value = this.#element.attributes.get(name)?.trim();
    return value === undefined || value === '' ? null : this.address(value, `@${name}`);
  }

  /** An address as it stands in the element. */
  address(value: string, where: string): string | null {
    const { base } = this.#reading;
    const found = URL.canParse(value, base?.href) ? new URL(value, base?.href) : null;
    if (found && /^https?:$/.test(found.protocol) && found.href.length <= 4096) return found.href;
    this.warn(where, 'bad-value', 'it must be an http:// or https:// URL');
    return null;
  }

  method(name: string): 'GET' | 'POST' {
    const value = this.#element.attributes.get(name)?.trim().toUpperCase();
    if (value === undefined || value === 'POST') return 'POST';
    if (value === 'GET') return 'GET';
    this.#warn(name, 'bad-value', `${name} must be GET or POST`);
    return 'POST';
  }

  target(urlName: string, methodName: string): WebTarget | null {
    const url = this.url(urlName);
    return url === null ? null : { url, method: this.method(methodName) };
  }

  events(name: string): string[] {
    const { value: kind, standard = '' } = this.#ruleOf(name);
    const value = this.#element.attributes.get(name) ?? standard;
    const words = value.split(/[\s,]+/).filter(word => word !== '');
    return words.filter(word => {
      const known = kind.kind === 'events' && kind.of.includes(word);
      if (!known) this.#warn(name, 'bad-value', `${name} knows no ${word.slice(0, 40)}`);
      return known;
    });
  }

  /** Of the element itself, or of a part of it. */
  warn(where: string, code: ScriptWarning['code'], message: string): void {
    this.#reading.warn({ code, place: where === '' ? this.#place : `${this.#place}/${where}`, message });
  }

  #warn(name: string, code: ScriptWarning['code'], message: string): void {
    this.warn(`@${name}`, code, message);
  }

  #ruleOf(name: string) {
    const rule = this.#rule.attributes[name];
    if (!rule) throw new Error(`no rule for ${name}`);
    return rule;
  }
}
