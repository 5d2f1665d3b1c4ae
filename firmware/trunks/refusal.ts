import { CrosspointError } from '../base/errors.ts';

/** A call that the policy or a trunk does not let pass: `policy.…`, `trunk.…`. */
export function refusal(
  code: `policy.${string}` | `trunk.${string}`,
  message: string,
  options: { retriable: boolean },
): CrosspointError {
  // The union of layers in base/errors.ts knows neither; the error itself takes its layer from the code.
  return new CrosspointError(code as `call.${string}`, message, options);
}
