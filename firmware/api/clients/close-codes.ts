/** Why an event channel is closed: the status codes of its close frame (RFC 6455 §7.4). */
export const closeCodes = {
  /** The client asked for it. */
  normal: 1000,
  /** The box shuts down. */
  goingAway: 1001,
  /** The session or the box is full, or the box cannot store who comes. */
  tryLater: 1013,
  notUnderstood: 4400,
  /** The token is not valid for this session, or no `connect` came in time. */
  unauthorized: 4401,
  forced: 4403,
  silent: 4408,
  /** Another channel has resumed this connection. */
  replaced: 4409,
  tooLate: 4410,
  /** More messages than a client may send, or too slow to read. */
  tooMuch: 4429,
} as const;

export type CloseCode = (typeof closeCodes)[keyof typeof closeCodes];
