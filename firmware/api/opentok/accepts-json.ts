/** Media ranges that mean, or include, application/json. */
const JSON_RANGES: ReadonlySet<string> = new Set(['application/json', 'application/*', '*/*']);

/**
 * Whether an answer in JSON is of use to who asks (RFC 9110 §12.5.1). Who says nothing takes everything.
 *
 * @param accept the header
 */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const ranges = accept.split(',').map(range => range.split(';').map(part => part.trim().toLowerCase()));
  return ranges.some(([range = '', ...parameters]) => JSON_RANGES.has(range) && !parameters.some(isNever));
}

/** `q=0`, in as many digits as there may be. */
function isNever(parameter: string): boolean {
  return /^q\s*=\s*0(\.0{0,3})?$/.test(parameter);
}
