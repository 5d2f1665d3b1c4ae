import { CrosspointError } from '../../../base/errors.ts';
import type { Action, Gather, Prompt, ScriptWarning } from '../../../scripts/action.ts';
import type { WebTarget } from '../../../scripts/web.ts';
import { nccoActions } from './action-table.ts';
import type { CompiledNcco, NccoContext } from './compiled.ts';
import { isObject, readKeys, shown, type Warn } from './key.ts';
import { type CompiledAction, NOTHING } from './ncco-action.ts';

/** What an NCCO may be, whoever wrote it. */
export const nccoLimits = {
  /** Characters. */
  length: 65_536,
  actions: 100,
  /** Objects and lists in each other. */
  depth: 12,
  warnings: 50,
} as const;

/** @throws CrosspointError script.not-a-script for what is no JSON, no list, or larger than an NCCO may be */
export function readNcco(text: string, context: NccoContext): CompiledNcco {
  if (text.length > nccoLimits.length) throw notNcco(`it has more than ${nccoLimits.length} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw notNcco('it is not valid JSON');
  }
  return compileNcco(value, context);
}

/**
 * The script that an NCCO is; what of it counts for nothing is warned of.
 * @throws CrosspointError script.not-a-script
 */
export function compileNcco(ncco: unknown, context: NccoContext): CompiledNcco {
  if (!Array.isArray(ncco)) throw notNcco('it is not a list of actions');
  if (ncco.length > nccoLimits.actions) throw notNcco(`it has more than ${nccoLimits.actions} actions`);
  if (isDeeper(ncco, nccoLimits.depth)) throw notNcco('it is nested too deep');
  const warnings: ScriptWarning[] = [];
  const warn: Warn = (code, place, message) => {
    if (warnings.length < nccoLimits.warnings) warnings.push({ code, place, message });
  };
  const compiled = ncco.flatMap((written, at) => compileAction(written, `[${at}]`, context, warn) ?? []);
  const keysTo = compiled.reduce<WebTarget | null>((last, each) => each.keysTo ?? last, null);
  return { actions: withPrompts(compiled), warnings, keysTo };
}

/** null: it counts for nothing. */
function compileAction(written: unknown, place: string, context: NccoContext, warn: Warn): CompiledAction | null {
  if (!isObject(written)) {
    warn('bad-value', place, 'An action must be an object');
    return null;
  }
  const { action: name, ...rest } = written;
  if (typeof name !== 'string' || !Object.hasOwn(nccoActions, name)) {
    const what = typeof name === 'string' ? `"${shown(name)}" is no action` : 'It has no action';
    warn('unknown-verb', `${place}.action`, `${what}: there are ${Object.keys(nccoActions).join(', ')}`);
    return null;
  }
  const action = nccoActions[name];
  if (!action) return null;
  const values = readKeys(action.keys, rest, place, warn);
  const missing = (key: string, message: string) => {
    if (rest[key] === undefined || rest[key] === null) warn('bad-value', `${place}.${key}`, message);
    return NOTHING;
  };
  return action.compile(values, { context, place, warn, missing, written: rest });
}

/** What may be barged in on, directly before an input, is heard while its keys are waited for. */
function withPrompts(compiled: readonly CompiledAction[]): Action[] {
  const actions: Action[] = [];
  let prompts: Prompt[] = [];
  for (const { action, bargeIn } of compiled) {
    if (!action) continue;
    if (bargeIn && (action.kind === 'say' || action.kind === 'play')) prompts.push(action);
    else {
      if (action.kind === 'gather') actions.push({ ...action, prompts } satisfies Gather);
      else actions.push(...prompts, action);
      prompts = [];
    }
  }
  return [...actions, ...prompts];
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some(each => isDeeper(each, depth - 1));
}

function notNcco(why: string): CrosspointError {
  return new CrosspointError('script.not-a-script', `The document is no NCCO: ${why}`);
}
