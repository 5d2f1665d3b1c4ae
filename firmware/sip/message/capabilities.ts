/** What every dialog and the stack itself answer, whoever owns them. */
const CORE = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'PRACK', 'UPDATE'] as const;

/** What the owner of a dialog may take in it. */
const OWNED_IN_DIALOG = ['INFO', 'REFER', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE'] as const;

/** What the owner of requests outside of dialogs may take. */
const OWNED_OUTSIDE = [...OWNED_IN_DIALOG, 'REGISTER', 'PUBLISH'] as const;

const KNOWN_METHODS: ReadonlySet<string> = new Set([...CORE, ...OWNED_OUTSIDE]);
const OUTSIDE: ReadonlySet<string> = new Set(OWNED_OUTSIDE);

/** 501 for the others (RFC 3261 §21.5.2); a known method that is not taken here is answered 405 (§21.4.6). */
export function isKnownMethod(method: string): boolean {
  return KNOWN_METHODS.has(method);
}

/** Whether a method may begin something outside of dialogs when somebody takes it there. */
export function isOwnedOutside(method: string): boolean {
  return OUTSIDE.has(method);
}

/** Of an INVITE, of its responses and of all that is said inside of its dialog (RFC 3261 §20.5). */
export const ALLOW = ['Allow', [...CORE, ...OWNED_IN_DIALOG].join(', ')] as const;

const ALLOW_OUTSIDE = ['Allow', CORE.join(', ')] as const;
const ALLOW_OUTSIDE_OWNED = ['Allow', [...CORE, ...OWNED_OUTSIDE].join(', ')] as const;

/** Of OPTIONS and of refusals outside of dialogs, where `owned` says whether anybody takes those requests. */
export function allowOutside(owned: boolean): readonly [name: string, value: string] {
  return owned ? ALLOW_OUTSIDE_OWNED : ALLOW_OUTSIDE;
}

/** Bodies that are read: descriptions, digits of an INFO, the outcome of a REFER. */
export const ACCEPT = [
  'Accept',
  'application/sdp, application/dtmf-relay, application/dtmf, message/sipfrag, multipart/mixed',
] as const;

/** RFC 3262, RFC 4028, RFC 3891, RFC 4488 (§20.37 of RFC 3261). */
const EXTENSIONS = ['100rel', 'timer', 'replaces', 'norefersub'] as const;
const EXTENSION_SET: ReadonlySet<string> = new Set(EXTENSIONS);

export const SUPPORTED = ['Supported', EXTENSIONS.join(', ')] as const;

/** Of the option tags that a Require holds, those that are not understood: what 420 has to name (RFC 3261 §8.2.2.3). */
export function unsupported(required: readonly string[]): string[] {
  return required.filter(tag => !EXTENSION_SET.has(tag.toLowerCase()));
}
