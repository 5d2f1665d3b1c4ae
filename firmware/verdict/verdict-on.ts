import { endReasons } from '../calls/reasons.ts';
import { type CallVerdict, evidenceOf } from './call-verdict.ts';
import { reachRules, statusRules } from './far-end-rules.ts';
import type { Judged, Rule } from './judged.ts';
import { mediaRules } from './media-rules.ts';
import { refusalRules } from './refusal-rules.ts';
import { serviceRules } from './service-rules.ts';

/** What broke and no rule knows. */
const broken: Rule = {
  rule: 'broke-off',
  layer: 'service',
  judge: ({ end }) =>
    end?.code === endReasons.unexpectedClearing.code
      ? {
          side: 'box',
          sentence: `The call could not go on here (${end.detail ?? 'no detail'}): look for its id in the log.`,
          evidence: evidenceOf({ detail: end.detail }),
        }
      : null,
};

/** In this order: what the gateway did itself, how far the call got, what was said of it, and at last how it sounded. */
export const rules: readonly Rule[] = [
  ...serviceRules,
  ...refusalRules,
  ...reachRules,
  ...statusRules,
  ...mediaRules,
  broken,
];

/** What was wrong with a call: the first rule that it is about. Null of one that went well, or of which too little is known. */
export function verdictOn(call: Judged): CallVerdict | null {
  for (const { rule, layer, judge } of rules) {
    const finding = judge(call);
    if (finding) return { rule, layer, ...finding };
  }
  return null;
}
