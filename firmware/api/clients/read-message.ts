import { Compile, type Validator } from 'typebox/compile';
import { type ClientRequest, Connect, type RequestType, requests } from './messages.ts';

const connect = Compile(Connect);
const validators = new Map<string, Validator>(
  Object.entries(requests).map(([type, schema]) => [type, Compile(schema) as unknown as Validator]),
);

/** The first message of a channel; null when it is something else. */
export function readConnect(text: string): Connect | null {
  const value = parsed(text);
  return connect.Check(value) ? value : null;
}

export type ReadRequest =
  | { readonly kind: 'request'; readonly request: ClientRequest }
  /** It can be told what was wrong. */
  | { readonly kind: 'wrong'; readonly id: number; readonly problem: string }
  | { readonly kind: 'nonsense' };

/** What a client asks for. */
export function readRequest(text: string): ReadRequest {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return { kind: 'nonsense' };
  const { type, id } = value as { type?: unknown; id?: unknown };
  if (typeof type !== 'string' || typeof id !== 'number' || !Number.isSafeInteger(id) || id < 0)
    return { kind: 'nonsense' };
  const validator = validators.get(type);
  if (!validator) return { kind: 'wrong', id, problem: 'There is no request of that type' };
  if (validator.Check(value)) return { kind: 'request', request: value as ClientRequest };
  const [first] = validator.Errors(value);
  const where = first?.instancePath.replaceAll('/', '.').slice(1);
  return {
    kind: 'wrong',
    id,
    problem: `Bad ${type as RequestType}: ${where ? `${where} ` : 'it '}${first?.message ?? 'is wrong'}`,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
