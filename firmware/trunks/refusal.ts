import { CrosspointError } from '../base/errors.ts';

/** A call that the policy or a trunk does not let pass: `policy.…`, `trunk.…`. */
export function refusal(
  code: `policy.${string}` | `trunk.${string}`,
  message: string,
  options: { retriable: boolean },
): CrosspointError {
  return new CrosspointError(code, message, options);
}
