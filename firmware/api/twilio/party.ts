import { SipParseError } from '../../sip/message/errors.ts';
import { parseUri } from '../../sip/message/uri.ts';

/** Hosts that are none: a trunk's name, or the box's own word for "inside". */
const NO_HOST = /^[^.:[\]]+$/;

/**
 * How a resource and a webhook show who calls or is called: a number as +E.164, another address as its SIP URI.
 * @param text a number, or a SIP URI
 */
export function shownParty(text: string): string {
  const bare = /^\+?([0-9]{3,15})$/.exec(text)?.[1];
  if (bare !== undefined) return `+${bare.replace(/^00/, '')}`;
  try {
    const { user, host } = parseUri(text);
    const number = /^\+?([0-9]{3,15})$/.exec(user ?? '')?.[1];
    return number !== undefined && NO_HOST.test(host) ? `+${number}` : text;
  } catch (error) {
    if (error instanceof SipParseError) return text;
    throw error;
  }
}

/** Of who calls: the user part is what an application has given. */
export function shownCaller(text: string): string {
  try {
    const user = parseUri(text).user ?? text;
    return /^\+?[0-9]{3,15}$/.test(user) ? `+${user.replace(/^\+/, '')}` : user;
  } catch (error) {
    if (error instanceof SipParseError) return shownParty(text);
    throw error;
  }
}
