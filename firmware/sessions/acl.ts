/** What an `acl` may say of one pattern; whatever else stands there is not understood, and grants nothing. */
interface Grant {
  readonly methods?: unknown;
  readonly filters?: unknown;
}

const MAX_PATTERNS = 100;
const MAX_PATTERN_LENGTH = 512;

/**
 * Whether a token's `acl` claim lets its bearer do that. A token without one may do everything; one whose `acl` has no
 * `paths` says nothing either. Patterns are paths in which `*` stands for one segment and `**` for any number of them;
 * what is not understood (filters, other signs) grants nothing.
 *
 * @param method of the request; null where there is none, so that a pattern for some methods alone grants nothing
 * @param path without its query
 */
export function aclCovers(acl: unknown, method: string | null, path: string): boolean {
  if (acl === undefined) return true;
  if (!isRecord(acl)) return false;
  if (acl.paths === undefined) return true;
  if (!isRecord(acl.paths)) return false;
  const patterns = Object.entries(acl.paths);
  if (patterns.length > MAX_PATTERNS) return false;
  return patterns.some(([pattern, grant]) => grants(grant, method) && matches(pattern, path));
}

function grants(grant: unknown, method: string | null): boolean {
  if (!isRecord(grant)) return false;
  const { methods, filters, ...unknown }: Grant = grant;
  if (Object.keys(unknown).length > 0) return false;
  if (filters !== undefined && !(isRecord(filters) && Object.keys(filters).length === 0)) return false;
  return methods === undefined || (Array.isArray(methods) && method !== null && methods.includes(method));
}

function matches(pattern: string, path: string): boolean {
  if (pattern.length > MAX_PATTERN_LENGTH || !pattern.startsWith('/')) return false;
  const steps = pattern.slice(1).split('/');
  if (!steps.every(step => step === '*' || step === '**' || /^[\w.~%:@-]+$/.test(step))) return false;
  return follows(steps, path.slice(1).split('/'));
}

/**
 * Greedy, with a way back to the last `**` alone: never more steps than the product of both lengths, whatever the
 * pattern.
 */
function follows(steps: readonly string[], segments: readonly string[]): boolean {
  let step = 0;
  let back: { readonly step: number; readonly segment: number } | null = null;
  let segment = 0;
  while (segment < segments.length) {
    if (steps[step] === '**') {
      back = { step: ++step, segment };
    } else if (steps[step] === '*' || steps[step] === segments[segment]) {
      step++;
      segment++;
    } else if (back) {
      back = { step: back.step, segment: back.segment + 1 };
      ({ step, segment } = back);
    } else {
      return false;
    }
  }
  return steps.slice(step).every(rest => rest === '**');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
