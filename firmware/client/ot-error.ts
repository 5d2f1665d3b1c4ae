/**
 * The names that OpenTok documents for its errors, with their numbers where those do not depend on what was tried. Some of the
 * numbers are documented for no name; then it is the one of what could not be done.
 */
const codes = {
  OT_AUTHENTICATION_ERROR: 1004,
  OT_INVALID_SESSION_ID: 1005,
  OT_CONNECT_FAILED: 1006,
  OT_NOT_CONNECTED: 1010,
  OT_INVALID_PARAMETER: 1011,
  OT_CONNECTION_LIMIT_EXCEEDED: 1027,
  OT_PERMISSION_DENIED: 1500,
  OT_USER_MEDIA_ACCESS_DENIED: 1500,
  OT_NO_DEVICES_FOUND: 1500,
  OT_HARDWARE_UNAVAILABLE: 1500,
  OT_CONSTRAINTS_NOT_SATISFIED: 1500,
  OT_NO_VALID_CONSTRAINTS: 1500,
  OT_UNABLE_TO_CAPTURE_MEDIA: 1500,
  OT_NOT_SUPPORTED: 1500,
  OT_CREATE_PEER_CONNECTION_FAILED: 1500,
  OT_ICE_WORKFLOW_FAILED: 1500,
  OT_STREAM_CREATE_FAILED: 1500,
  OT_TIMEOUT: 1500,
  OT_STREAM_NOT_FOUND: 1501,
  OT_STREAM_DESTROYED: 1600,
  OT_DISCONNECTED: 1010,
  OT_NOT_FOUND: 404,
  OT_RATE_LIMIT_EXCEEDED: 429,
  OT_UNEXPECTED_SERVER_RESPONSE: 2001,
  /** Ours: dial, hangUp, hold, sendDigits, mutePhone, getQuality. */
  OT_UNABLE_TO_CONTROL_PHONE: 2000,
} as const;

export type OTErrorName = keyof typeof codes;

/** What could not be done, and its number: that of the operation. */
export interface Failure {
  readonly name: OTErrorName;
  readonly code: number;
}

/** What a completion handler gets, and a promise is rejected with. */
export class OTError extends Error {
  readonly code: number;

  constructor(
    name: OTErrorName,
    message: string,
    { code, ...options }: ErrorOptions & { readonly code?: number } = {},
  ) {
    super(message, options);
    this.name = name;
    this.code = code ?? codes[name];
  }
}

/** Whatever it is, as an error of OpenTok's; those that are stay as they are. */
export function asOTError(error: unknown, name: OTErrorName, code?: number): OTError {
  if (error instanceof OTError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new OTError(name, message, { cause: error, ...(code !== undefined && { code }) });
}
