/** OpenTok's names of errors and their numbers. */
const codes = {
  OT_AUTHENTICATION_ERROR: 1004,
  OT_INVALID_SESSION_ID: 1005,
  OT_CONNECT_FAILED: 1006,
  OT_NOT_CONNECTED: 1010,
  OT_INVALID_PARAMETER: 1011,
  OT_PERMISSION_DENIED: 1500,
  OT_USER_MEDIA_ACCESS_DENIED: 1500,
  OT_NO_DEVICES_FOUND: 1500,
  OT_HARDWARE_UNAVAILABLE: 1500,
  OT_CONSTRAINTS_NOT_SATISFIED: 1500,
  OT_UNABLE_TO_CAPTURE_MEDIA: 1500,
  OT_CREATE_PEER_CONNECTION_FAILED: 1501,
  OT_ICE_WORKFLOW_FAILED: 1501,
  OT_TIMEOUT: 1501,
  OT_UNABLE_TO_SUBSCRIBE: 1600,
  OT_STREAM_NOT_FOUND: 1604,
  OT_STREAM_DESTROYED: 1605,
  OT_DISCONNECTED: 1607,
  OT_UNABLE_TO_SIGNAL: 1550,
  OT_UNABLE_TO_FORCE_DISCONNECT: 1520,
  OT_UNABLE_TO_FORCE_UNPUBLISH: 1530,
  OT_UNABLE_TO_FORCE_MUTE: 1540,
  OT_CONNECTION_LIMIT_EXCEEDED: 1027,
  OT_UNEXPECTED_SERVER_RESPONSE: 2001,
  OT_NOT_SUPPORTED: 2000,
  /** Ours: dial, hangUp, hold, sendDigits, mutePhone, getQuality. */
  OT_UNABLE_TO_CONTROL_PHONE: 2002,
} as const;

export type OTErrorName = keyof typeof codes;

/** What a completion handler gets, and a promise is rejected with. */
export class OTError extends Error {
  readonly code: number;

  constructor(name: OTErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
    this.code = codes[name];
  }
}

/** Whatever it is, as an error of OpenTok's; those that are stay as they are. */
export function asOTError(error: unknown, name: OTErrorName): OTError {
  if (error instanceof OTError) return error;
  return new OTError(name, error instanceof Error ? error.message : String(error), { cause: error });
}
