import type { CrosspointError } from '../base/errors.ts';

/** RFC 3261 §20.43: why a session description was refused, for the person who reads the far end's log. */
export function sdpWarning(error: CrosspointError): readonly [name: string, value: string] {
  const code = error.code === 'sdp.no-common-codec' ? 305 : 304;
  return ['Warning', `${code} crosspoint "${error.message.replace(/["\\\r\n]/g, ' ')}"`];
}
