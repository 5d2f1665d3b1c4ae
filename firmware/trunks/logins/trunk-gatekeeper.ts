import type { SipConfig } from '../../config/sip-schema.ts';
import { ACCEPT, allowOutside, SUPPORTED } from '../../sip/message/capabilities.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import type { Gatekeeper, GateVerdict } from '../../sip/transport/gatekeeper.ts';
import type { Source } from '../../sip/transport/hop.ts';
import type { TrunkLogins } from './trunk-logins.ts';

const ALIVE: GateVerdict = { kind: 'answer', status: 200, headers: [allowOutside(true), ACCEPT, SUPPORTED] };
const FORBIDDEN: GateVerdict = { kind: 'answer', status: 403, headers: [] };
const SILENCE: GateVerdict = { kind: 'silence' };

/**
 * What sources hear that are no trunk by their address: peers of trunks with a login are asked for it, and are told by
 * OPTIONS that we are there (CONTRACT §5: they ask before they call); all others get silence, or 403 as configured.
 */
export class TrunkGatekeeper implements Gatekeeper {
  readonly #logins: TrunkLogins;
  readonly #strangers: GateVerdict;

  constructor(logins: TrunkLogins, strangers: SipConfig['strangers']) {
    this.#logins = logins;
    this.#strangers = strangers === 'refuse' ? FORBIDDEN : SILENCE;
  }

  admit(request: SipRequest, source: Source): GateVerdict {
    if (!this.#logins.mayCome(source)) return this.#strangers;
    if (request.method === 'OPTIONS') return ALIVE;
    const verdict = this.#logins.check(request, source);
    switch (verdict.kind) {
      case 'user':
        return { kind: 'admit', user: verdict.user };
      case 'challenge':
        return { kind: 'answer', status: 401, headers: verdict.headers };
      case 'refused':
        return FORBIDDEN;
      case 'nobody':
        return this.#strangers;
    }
  }
}
