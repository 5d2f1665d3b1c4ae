/** A test number that the box answers itself. */
export type BuiltinNumber =
  | { readonly kind: 'tone' }
  | { readonly kind: 'echo' }
  | { readonly kind: 'room'; readonly name: string };

/** What `sip:tone@…` plays: concert pitch at a comfortable level. */
export const BUILTIN_TONE = { kind: 'tone', frequencyHz: 440, levelDbov: -20 } as const;

const ROOM = /^room-([A-Za-z0-9_.-]{1,64})$/;

/** @returns undefined when the called user is not a built-in number */
export function builtinNumber(user: string): BuiltinNumber | undefined {
  if (user === 'tone' || user === 'echo') return { kind: user };
  const name = ROOM.exec(user)?.[1];
  return name === undefined ? undefined : { kind: 'room', name };
}
