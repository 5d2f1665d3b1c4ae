import { parseUri } from '../sip/message/uri.ts';

/** Who that is for the others in a session: the number of a SIP URI, or the text itself where it is none. */
export function partyOf(text: string): string {
  try {
    const { user, host } = parseUri(text);
    return user ?? host;
  } catch {
    return text;
  }
}
