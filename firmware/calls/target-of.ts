import { CrosspointError } from '../base/errors.ts';
import { SipParseError } from '../sip/message/errors.ts';
import { parseUri, type SipUri } from '../sip/message/uri.ts';

/** The address that is to be called. @throws CrosspointError call.bad-uri */
export function targetOf(uri: string): SipUri {
  try {
    return parseUri(uri);
  } catch (error) {
    if (error instanceof SipParseError)
      throw new CrosspointError('call.bad-uri', `The SIP URI cannot be called: ${error.message}`);
    throw error;
  }
}
