import type { Role } from './token.ts';

/** What a client of a session may do, as it is told on its event channel. */
export interface Capabilities {
  readonly publish: boolean;
  readonly subscribe: boolean;
  readonly forceMute: boolean;
  readonly forceDisconnect: boolean;
  readonly forceUnpublish: boolean;
  /** Place calls, and lead them: hold, digits. */
  readonly dial: boolean;
}

/**
 * The one place that says what a role entitles to (CONTRACT §1.3). Every role signals.
 *
 * @param clientsMayDial whether the project lets moderators place calls
 */
export function capabilitiesOf(role: Role, clientsMayDial: boolean): Capabilities {
  const moderates = role === 'moderator';
  return {
    publish: role !== 'subscriber',
    subscribe: role !== 'publisheronly',
    forceMute: moderates,
    forceDisconnect: moderates,
    forceUnpublish: moderates,
    dial: moderates && clientsMayDial,
  };
}
