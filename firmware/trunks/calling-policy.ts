import { isIPv6, SocketAddress } from 'node:net';
import type { PolicyConfig } from '../config/policy-schema.ts';
import { isDisguised, isEmergency } from './emergency-number.ts';
import type { ReadNumber } from './number-format.ts';
import { formsOf } from './number-forms.ts';

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
 * rule but those of domains, nor a limit of its length. Every level must agree to any other call.
 *
 * @param levels from the general to the particular: box, project, trunk
 */
export function checkPolicy(levels: readonly PolicyLevel[], destination: CallDestination): PolicyVerdict {
  const { number, domain } = destination;
  const emergency = levels.findLast(({ rules }) => isEmergency(rules.emergency, number));
  if (emergency?.rules.emergency?.action === 'allow')
    // Help is behind a trunk: 112 at a stranger's domain is no way around the rules.
    return first(levels, level => domainRefusal(level, domain)) ?? allowed(null, true);
  const disguised = emergency ?? levels.findLast(({ rules }) => isDisguised(rules.emergency, number));
  if (disguised?.rules.emergency?.action === 'refuse')
    return refuse(disguised, 'emergency', `refuses the emergency number ${number?.text}`);
  return first(levels, level => refusalOf(level, destination)) ?? allowed(shortest(levels), false);
}

function first<T>(levels: readonly PolicyLevel[], refusal: (level: PolicyLevel) => T | null): T | null {
  for (const level of levels) {
    const found = refusal(level);
    if (found) return found;
  }
  return null;
}

function allowed(maxSeconds: number | null, emergency: boolean): PolicyVerdict {
  return { kind: 'allowed', maxSeconds, emergency };
}

function refusalOf(level: PolicyLevel, { number, domain }: CallDestination): Refusal | null {
  const { allowPrefixes, allowDomains } = level.rules;
  const refusal = (number && prefixRefusal(level, number)) ?? domainRefusal(level, domain);
  if (refusal) return refusal;
  // A name at a domain that nobody vouches for must not get around a list of numbers.
  if (number === null && allowPrefixes && (domain === null || !allowDomains))
    return refuse(level, 'allowPrefixes', 'allows certain numbers only, and this is none');
  if (level.full === 'calls') return refuse(level, 'calls', 'has all the calls already that it allows');
  if (level.full === 'rate') return refuse(level, 'rate', 'has had too many new calls in this second');
  return null;
}

function prefixRefusal(level: PolicyLevel, number: ReadNumber): Refusal | null {
  const { allowPrefixes, denyPrefixes = [] } = level.rules;
  const denied = denyPrefixes.find(prefix => formsOf(number).some(form => form.startsWith(prefix)));
  if (denied !== undefined) return refuse(level, 'denyPrefixes', `refuses numbers that start with ${denied}`);
  const called = number.e164 ?? number.text;
  if (allowPrefixes && !allowPrefixes.some(prefix => called.startsWith(prefix)))
    return refuse(level, 'allowPrefixes', 'does not allow numbers that start so');
  return null;
}

function domainRefusal(level: PolicyLevel, domain: string | null): Refusal | null {
  const { allowDomains, denyDomains = [] } = level.rules;
  if (domain === null) return null;
  if (denyDomains.some(rule => isWithin(domain, rule)))
    return refuse(level, 'denyDomains', `refuses the domain ${domain}`);
  if (allowDomains && !allowDomains.some(rule => isWithin(domain, rule)))
    return refuse(level, 'allowDomains', `does not allow the domain ${domain}`);
  return null;
}

/** `*.example.com` is every domain below example.com, not that one itself. */
function isWithin(domain: string, rule: string): boolean {
  const [host, wanted] = [plainHost(domain), plainHost(rule)];
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1 : host === wanted;
}

/**
 * A name may end in dots (RFC 1034 §3.1), letter case means nothing, and an IPv6 address has many spellings, one of
 * them for each IPv4 address.
 */
export function plainHost(host: string): string {
  if (!isIPv6(host)) return host.toLowerCase().replace(/\.+$/, '');
  const { address } = new SocketAddress({ address: host, family: 'ipv6' });
  return address.replace(/^::ffff:(?=[0-9.]+$)/, '');
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
