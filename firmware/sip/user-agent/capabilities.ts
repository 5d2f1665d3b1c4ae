/** Methods that are answered whole; the rest is refused with this list (RFC 3261 §8.2.1). */
export const ALLOWED_METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'] as const;

/** Known to RFCs but not handled here: 405 for these, 501 for everything else (§21.4.6, §21.5.2). */
export const OTHER_KNOWN_METHODS = new Set([
  'REGISTER',
  'UPDATE',
  'PRACK',
  'INFO',
  'REFER',
  'SUBSCRIBE',
  'NOTIFY',
  'MESSAGE',
  'PUBLISH',
]);

export const ALLOW = ['Allow', ALLOWED_METHODS.join(', ')] as const;
export const ACCEPT = ['Accept', 'application/sdp'] as const;
/** Empty on purpose: no extension yet (§20.37). */
export const SUPPORTED = ['Supported', ''] as const;
