import { formatUri } from '../sip/message/uri.ts';
import { fromUri } from './caller-identity.ts';
import type { OutboundRoute, OutboundWish } from './outbound-routes.ts';
import type { SideTerms } from './side-terms.ts';

export interface DirectSettings {
  /** Host part of our From URI when the application gave none. */
  readonly domain: string;
  readonly allowAlphanumericFrom: boolean;
  readonly terms: SideTerms;
}

/** A call straight to the address that was dialled, with no trunk between. */
export function directRoute(
  { target, from, secure, namedFrom }: OutboundWish,
  settings: DirectSettings,
): OutboundRoute {
  return {
    attempts: [
      {
        target,
        requestUri: formatUri({ ...target, headers: null }),
        terms: secure ? { ...settings.terms, security: 'sdes' } : settings.terms,
      },
    ],
    from: { uri: fromUri(from, settings.domain, namedFrom ?? settings.allowAlphanumericFrom) },
    headers: [],
    release: () => {},
  };
}
