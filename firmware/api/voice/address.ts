import { parseUri } from '../../sip/message/uri.ts';
import { withoutPlus } from '../../trunks/own-numbers/msisdn.ts';

/** Whom a call is with, as the vendor writes it: a number without "+", or a SIP URI. */
export function shownAddress(address: string): string {
  const user = userOf(address) ?? address;
  return /^\+?[0-9]{2,15}$/.test(user) ? withoutPlus(user) : address;
}

/** As in the answers of the REST API. */
export function endpointView(shown: string) {
  return shown.includes(':') || shown.includes('@')
    ? { type: 'sip' as const, uri: shown }
    : { type: 'phone' as const, number: shown };
}

function userOf(address: string): string | null {
  try {
    return parseUri(address).user;
  } catch {
    return null;
  }
}
