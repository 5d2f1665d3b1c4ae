/** ITU-T Q.850 table 1: why a call was cleared, as ISDN and SS7 say it. */
const CAUSES: Readonly<Record<number, string>> = {
  1: 'Unallocated (unassigned) number',
  2: 'No route to specified transit network',
  3: 'No route to destination',
  4: 'Send special information tone',
  5: 'Misdialled trunk prefix',
  6: 'Channel unacceptable',
  7: 'Call awarded and being delivered in an established channel',
  8: 'Preemption',
  9: 'Preemption - circuit reserved for reuse',
  14: 'QoR: ported number',
  16: 'Normal call clearing',
  17: 'User busy',
  18: 'No user responding',
  19: 'No answer from user (user alerted)',
  20: 'Subscriber absent',
  21: 'Call rejected',
  22: 'Number changed',
  23: 'Redirection to new destination',
  24: 'Call rejected due to feature at the destination',
  25: 'Exchange routing error',
  26: 'Non-selected user clearing',
  27: 'Destination out of order',
  28: 'Invalid number format (address incomplete)',
  29: 'Facility rejected',
  30: 'Response to STATUS ENQUIRY',
  31: 'Normal, unspecified',
  34: 'No circuit/channel available',
  38: 'Network out of order',
  39: 'Permanent frame mode connection out of service',
  40: 'Permanent frame mode connection operational',
  41: 'Temporary failure',
  42: 'Switching equipment congestion',
  43: 'Access information discarded',
  44: 'Requested circuit/channel not available',
  46: 'Precedence call blocked',
  47: 'Resource unavailable, unspecified',
  49: 'Quality of service not available',
  50: 'Requested facility not subscribed',
  53: 'Outgoing calls barred within CUG',
  55: 'Incoming calls barred within CUG',
  57: 'Bearer capability not authorized',
  58: 'Bearer capability not presently available',
  62: 'Inconsistency in designated outgoing access information and subscriber class',
  63: 'Service or option not available, unspecified',
  65: 'Bearer capability not implemented',
  66: 'Channel type not implemented',
  69: 'Requested facility not implemented',
  70: 'Only restricted digital information bearer capability is available',
  79: 'Service or option not implemented, unspecified',
  81: 'Invalid call reference value',
  82: 'Identified channel does not exist',
  83: 'A suspended call exists, but this call identity does not',
  84: 'Call identity in use',
  85: 'No call suspended',
  86: 'Call having the requested call identity has been cleared',
  87: 'User not member of CUG',
  88: 'Incompatible destination',
  90: 'Non-existent CUG',
  91: 'Invalid transit network selection',
  95: 'Invalid message, unspecified',
  96: 'Mandatory information element is missing',
  97: 'Message type non-existent or not implemented',
  98: 'Message not compatible with call state or message type non-existent',
  99: 'Information element non-existent or not implemented',
  100: 'Invalid information element contents',
  101: 'Message not compatible with call state',
  102: 'Recovery on timer expiry',
  103: 'Parameter non-existent or not implemented, passed on',
  110: 'Message with unrecognized parameter, discarded',
  111: 'Protocol error, unspecified',
  127: 'Interworking, unspecified',
};

/** RFC 3398 §7.2.4.1: cause → status of an INVITE that failed. */
const STATUSES: Readonly<Record<number, number>> = {
  1: 404,
  2: 404,
  3: 404,
  17: 486,
  18: 408,
  19: 480,
  20: 480,
  21: 403,
  22: 410,
  23: 410,
  26: 404,
  27: 502,
  28: 484,
  29: 501,
  31: 480,
  34: 503,
  38: 503,
  41: 503,
  42: 503,
  47: 503,
  55: 403,
  57: 403,
  58: 503,
  65: 488,
  70: 488,
  79: 501,
  87: 403,
  88: 503,
  102: 504,
  111: 500,
  127: 500,
};

/** RFC 3398 §8.2.6.1 where it names the status; else its nearest neighbour there. */
const OF_STATUS: Readonly<Record<number, number>> = {
  400: 41,
  401: 21,
  402: 21,
  403: 21,
  404: 1,
  405: 63,
  406: 79,
  407: 21,
  408: 102,
  409: 41,
  410: 22,
  413: 127,
  414: 127,
  415: 79,
  416: 127,
  420: 127,
  421: 127,
  423: 127,
  428: 21,
  433: 21,
  436: 21,
  437: 21,
  438: 21,
  470: 21,
  480: 18,
  481: 41,
  482: 25,
  483: 25,
  484: 28,
  485: 1,
  486: 17,
  // Not in the RFC: it ends a call that the caller gave up.
  487: 16,
  // By the Warning header in the RFC, which hardly anybody sends.
  488: 65,
  494: 21,
  500: 41,
  501: 79,
  502: 38,
  503: 41,
  504: 102,
  505: 127,
  513: 127,
  // The preconditions that fail are resources (RFC 3312).
  580: 47,
  600: 17,
  603: 21,
  604: 1,
  606: 65,
  607: 21,
  608: 21,
};

/** Of a cause that has no name, that of its class (Q.850 §2.2.5). */
export function causeName(cause: number): string {
  return CAUSES[cause] ?? CAUSES[classOf(cause)] ?? 'Unknown';
}

/** The SIP status of a cause; null for normal clearing (16), which is no failure. */
export function statusOfCause(cause: number): number | null {
  if (cause === 16) return null;
  // RFC 3398 §7.2.4.1: what is not named is 500; of whole classes the "unspecified" one says more.
  return STATUSES[cause] ?? (cause >= 32 && cause < 48 ? 503 : 500);
}

/** The cause of a SIP status. 3xx: the call has another destination. */
export function causeOfStatus(status: number): number {
  if (status < 300) return 16;
  if (status < 400) return 23;
  return OF_STATUS[status] ?? (status >= 500 && status < 600 ? 41 : 127);
}

function classOf(cause: number): number {
  return [31, 47, 63, 79, 95, 111, 127].find(last => cause >= 1 && cause <= last) ?? 0;
}
