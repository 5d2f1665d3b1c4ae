import { type Static, Type } from 'typebox';
import { isHostName } from './address.ts';
import { Choice, closed, group, refined } from './schema-parts.ts';

const Prefixes = (description: string) =>
  Type.Optional(
    Type.Array(
      Type.String({
        pattern: '^(\\+[0-9]{0,15}|[0-9*#]{1,15})$',
        expected: 'the start of a number such as "+44", in quotes',
      }),
      { maxItems: 1000, description },
    ),
  );

const Domains = (description: string) =>
  Type.Optional(
    Type.Array(
      refined(
        Type.String({ maxLength: 255, expected: 'a domain, "*.domain" for those below it, or an IP address' }),
        isDomainRule,
      ),
      { maxItems: 1000, description },
    ),
  );

function isDomainRule(text: string): boolean {
  return isHostName(text.replace(/^\*\./, '')) || (text.includes(':') && /^[0-9A-Fa-f:.]+$/.test(text));
}

const EmergencyRule = Type.Object(
  {
    numbers: Type.Array(
      Type.String({ pattern: '^[0-9*#]{2,8}$', expected: 'a short number such as "112", in quotes' }),
      {
        minItems: 1,
        maxItems: 64,
        default: ['112', '999', '911'],
        description: 'numbers that reach emergency services',
      },
    ),
    action: Choice(['refuse', 'allow'], {
      default: 'refuse',
      description:
        'allow places such a call whatever the other rules say, those of domains apart; the rule of the trunk goes before that of the project, that before the general one',
    }),
  },
  { ...closed, description: 'emergency calls' },
);

const rules = {
  allowPrefixes: Prefixes(
    'only numbers that start so may be called, compared in E.164 form where they have one; "+" is all of those',
  ),
  denyPrefixes: Prefixes('numbers that start so may not be called, neither in E.164 form nor as they are dialled'),
  allowDomains: Domains('only these domains may be called'),
  denyDomains: Domains('domains that may not be called'),
  calls: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: 'calls at a time' })),
  callsPerSecond: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 10_000,
      description: 'new calls in any second',
    }),
  ),
  maxSeconds: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 7 * 86_400, description: 'longest call; the smallest that applies counts' }),
  ),
};

/** Which calls out a project or a trunk may place. */
export const PolicySchema = Type.Object({ ...rules, emergency: Type.Optional(EmergencyRule) }, closed);

/** The one that every call meets. */
export const GeneralPolicySchema = Type.Object(
  { ...rules, emergency: Type.Object(EmergencyRule.properties, { ...group, description: 'emergency calls' }) },
  group,
);

export type PolicyConfig = Static<typeof PolicySchema>;
