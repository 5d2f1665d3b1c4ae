import type { PolicyConfig } from '../config/policy-schema.ts';
import type { ReadNumber } from './number-format.ts';

/** One set of rules that a call out meets: the box's own, a project's or a trunk's. */
export interface PolicyLevel {
  /** For people: "the box", "project 46000001", "trunk carrier". */
  readonly of: string;
  readonly rules: PolicyConfig;
  /** What its calls now leave no room for (CallRate.full); null when there is room. */
  readonly full: 'calls' | 'rate' | null;
}

export interface CallDestination {
  /** Null when a SIP address is called that has no number. */
  readonly number: ReadNumber | null;
  /** Host part of the SIP address; null when the call goes to a trunk, whose targets the operator chose. */
  readonly domain: string | null;
}

export type PolicyRule =
  | 'emergency'
  | 'denyPrefixes'
  | 'allowPrefixes'
  | 'denyDomains'
  | 'allowDomains'
  | 'calls'
  | 'rate';

export type PolicyVerdict =
  | {
      readonly kind: 'allowed';
      /** Longest call; null: no rule says. */
      readonly maxSeconds: number | null;
      readonly emergency: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly rule: PolicyRule;
      readonly code: `policy.${string}`;
      /** A sentence for whoever placed the call; names the rule and whose it is. */
      readonly message: string;
      /** For a caller on SIP: 403, or 503 for what passes by itself. */
      readonly status: 403 | 503;
      readonly retriable: boolean;
    };

type Refusal = Extract<PolicyVerdict, { kind: 'refused' }>;

/**
 * Whether a call may be placed.
 *
 * Emergency numbers come first: the last level that names the number decides, and a call that it allows meets no
 * other rule, nor a limit of its length. Every level must agree to any other call.
 *
 * @param levels from the general to the particular: box, project, trunk
 */
export function checkPolicy(levels: readonly PolicyLevel[], destination: CallDestination): PolicyVerdict {
  const emergency = levels.findLast(({ rules }) => isEmergency(rules, destination.number));
  if (emergency?.rules.emergency?.action === 'allow') return { kind: 'allowed', maxSeconds: null, emergency: true };
  if (emergency) return refuse(emergency, 'emergency', `refuses the emergency number ${destination.number?.text}`);
  for (const level of levels) {
    const refusal = refusalOf(level, destination);
    if (refusal) return refusal;
  }
  return { kind: 'allowed', maxSeconds: shortest(levels), emergency: false };
}

function isEmergency({ emergency }: PolicyConfig, number: ReadNumber | null): boolean {
  if (!emergency || number === null) return false;
  const { e164, text } = number;
  return emergency.numbers.some(short => text === short || (e164 !== null && isShortAbroad(e164, short)));
}

/** "+44112", "+1911", "00112": some networks connect them, and no subscriber has so short a number. */
function isShortAbroad(e164: string, short: string): boolean {
  const countryCode = e164.length - 1 - short.length;
  return short.length <= 4 && countryCode >= 0 && countryCode <= 3 && e164.endsWith(short);
}

function refusalOf(level: PolicyLevel, { number, domain }: CallDestination): Refusal | null {
  const { allowPrefixes, denyPrefixes = [], allowDomains, denyDomains = [] } = level.rules;
  const called = number === null ? null : (number.e164 ?? number.text);
  if (number !== null && called !== null) {
    const denied = denyPrefixes.find(prefix => formsOf(number).some(form => form.startsWith(prefix)));
    if (denied !== undefined) return refuse(level, 'denyPrefixes', `refuses numbers that start with ${denied}`);
    if (allowPrefixes && !allowPrefixes.some(prefix => called.startsWith(prefix)))
      return refuse(level, 'allowPrefixes', 'does not allow numbers that start so');
  }
  if (domain !== null) {
    if (denyDomains.some(rule => isWithin(domain, rule)))
      return refuse(level, 'denyDomains', `refuses the domain ${domain}`);
    if (allowDomains && !allowDomains.some(rule => isWithin(domain, rule)))
      return refuse(level, 'allowDomains', `does not allow the domain ${domain}`);
  }
  // A name at a domain that nobody vouches for must not get around a list of numbers.
  if (called === null && allowPrefixes && (domain === null || !allowDomains))
    return refuse(level, 'allowPrefixes', 'allows certain numbers only, and this is none');
  if (level.full === 'calls') return refuse(level, 'calls', 'has all the calls already that it allows');
  if (level.full === 'rate') return refuse(level, 'rate', 'has had too many new calls in this second');
  return null;
}

/** What is denied stays denied however it is dialled, and with whatever the next switch may skip between digits. */
function formsOf({ e164, text }: ReadNumber): string[] {
  const digits = /^[+0-9]/.test(text) ? text.replace(/[^0-9+*#]/g, '') : text;
  return [e164 ?? text, text, digits];
}

/** `*.example.com` is every domain below example.com, not that one itself. */
function isWithin(domain: string, rule: string): boolean {
  const [host, wanted] = [plain(domain), plain(rule)];
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1 : host === wanted;
}

/** A name may end in a dot (RFC 1034 §3.1), and letter case means nothing. */
function plain(domain: string): string {
  return domain.toLowerCase().replace(/\.$/, '');
}

function shortest(levels: readonly PolicyLevel[]): number | null {
  const limits = levels.flatMap(({ rules }) => rules.maxSeconds ?? []);
  return limits.length === 0 ? null : Math.min(...limits);
}

function refuse(level: PolicyLevel, rule: PolicyRule, what: string): Refusal {
  const passing = rule === 'calls' || rule === 'rate';
  return {
    kind: 'refused',
    rule,
    code: `policy.${CODES[rule]}`,
    message: `The policy of ${level.of} ${what} (${rule})`,
    status: passing ? 503 : 403,
    retriable: passing,
  };
}

const CODES: Record<PolicyRule, string> = {
  emergency: 'emergency',
  denyPrefixes: 'prefix-denied',
  allowPrefixes: 'prefix-not-allowed',
  denyDomains: 'domain-denied',
  allowDomains: 'domain-not-allowed',
  calls: 'calls',
  rate: 'rate',
};
