import { Compile, type Validator } from 'typebox/compile';
import { CrosspointError } from '../../base/errors.ts';
import { type RequestOf, requests, type Verb } from '../../monitoring/topics-request.ts';

const validators = new Map(
  Object.entries(requests).map(([verb, schema]) => [verb as Verb, Compile(schema) as unknown as Validator]),
);

/** What somebody asks for, of whatever verb. */
export type AnyRequest = { [V in Verb]: { readonly verb: V; readonly body: RequestOf<V> } }[Verb];

export type ReadRequest =
  | { readonly transaction: string; readonly request: AnyRequest }
  /** Null where it has no transaction that could be read. */
  | { readonly transaction: string | null; readonly error: CrosspointError };

/** Reads what came on …/request/<verb>. */
export function readRequest(verb: Verb, payload: Uint8Array): ReadRequest {
  const value = parsed(payload);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { transaction: null, error: bad(verb, 'it must be a JSON object') };
  const { transaction } = value as { transaction?: unknown };
  const known = typeof transaction === 'string' && /^[\x21-\x7e]{1,128}$/.test(transaction) ? transaction : null;
  const validator = validators.get(verb);
  if (known !== null && validator?.Check(value))
    return { transaction: known, request: { verb, body: value } as AnyRequest };
  const first = validator?.Errors(value)[0];
  const where = first?.instancePath.replaceAll('/', '.').slice(1);
  return { transaction: known, error: bad(verb, `${where || 'it'} ${first?.message ?? 'is wrong'}`) };
}

/** Undefined of what is no JSON. */
function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}

function bad(verb: Verb, why: string): CrosspointError {
  return new CrosspointError('http.bad-request', `Bad ${verb}: ${why}`);
}
