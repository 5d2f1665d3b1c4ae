import { CrosspointError } from '../../base/errors.ts';

/**
 * Text from the network (or from an application: a URI) that is not SIP.
 * Code `sip.malformed`; `status` is what a server answers it with, where it answers at all.
 */
export class SipParseError extends CrosspointError {
  readonly status: number;

  constructor(message: string, status = 400) {
    super('sip.malformed', message);
    this.status = status;
  }
}
