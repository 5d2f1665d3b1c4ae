import { type Static, Type } from 'typebox';

const closed = { additionalProperties: false } as const;

/** Who has to look: at whose side it went wrong. */
export const verdictSides = ['box', 'caller', 'callee', 'network', 'application'] as const;
export type VerdictSide = (typeof verdictSides)[number];

/** Where to look there. */
export const verdictLayers = ['service', 'policy', 'names', 'transport', 'signalling', 'security', 'media'] as const;

/** What was wrong with a call, for a person who can change something. */
export const CallVerdict = Type.Object(
  {
    rule: Type.String({ description: 'stable: which of the rules it was' }),
    side: Type.Enum([...verdictSides]),
    layer: Type.Enum([...verdictLayers]),
    sentence: Type.String({ description: 'what was seen, and what to change' }),
    evidence: Type.Record(Type.String(), Type.Array(Type.String()), {
      description: 'what it was judged by, each as one line or more',
    }),
  },
  closed,
);
export type CallVerdict = Static<typeof CallVerdict>;

/** Values that are not known are left out. */
export function evidenceOf(
  facts: Readonly<Record<string, string | number | readonly string[] | null | undefined>>,
): CallVerdict['evidence'] {
  const known: CallVerdict['evidence'] = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === null || value === undefined) continue;
    known[name] = typeof value === 'object' ? [...value] : [String(value)];
  }
  return known;
}
