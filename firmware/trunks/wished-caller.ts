import { type Caller, UNKNOWN_CALLER } from './caller.ts';
import { type NumberRules, readNumber, UNKNOWN_NUMBER } from './number-format.ts';

/** The caller that an application names as `user@host`, as `callerOf` would have read it from an INVITE. */
export function wishedCaller(from: string | undefined, rules: NumberRules): Caller {
  const address = (from ?? '').replace(/^sips?:/i, '');
  const at = address.lastIndexOf('@');
  const user = at < 0 ? address : address.slice(0, at);
  if (user === '' || user === UNKNOWN_NUMBER) return UNKNOWN_CALLER;
  if (!/^\+?[0-9]{1,32}$/.test(user)) return { ...UNKNOWN_CALLER, user };
  return { ...UNKNOWN_CALLER, number: readNumber(user, rules) };
}
