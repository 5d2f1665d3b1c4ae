/**
 * What would let a reader of a trace be somebody else, or listen in: the answers of digest authentication, passwords in
 * URIs, keys of secured media, and digits that were pressed (they may be a PIN).
 */
const SECRETS: readonly RegExp[] = [
  /(?<=^(?:proxy-)?authorization[ \t]*:[^\r\n]*\b(?:response|cnonce)[ \t]*=[ \t]*"?)[^",\s]+/gim,
  /(?<=\bsips?:[^\s@:;<>"]{1,128}:)[^\s@<>"]{1,128}(?=@)/gi,
  /(?<=^a=crypto:[^\r\n]*\binline:)[^\s|;]+/gim,
  /(?<=^a=(?:ice-pwd|key-mgmt):)[^\r\n]+/gim,
  /(?<=^k=)[^\r\n]+/gm,
  /(?<=^signal[ \t]*=[ \t]*)[0-9A-D*#]+/gim,
];

/** A body of nothing but one digit (application/dtmf). */
const BARE_DIGIT = /(?<=\r\n\r\n[ \t]*)[0-9A-D*#](?=\s*$)/i;

/** The same message without its secrets, of the same length, so that Content-Length stays true. */
export function maskSecrets(message: Buffer): Buffer {
  let text = message.toString('latin1');
  for (const secret of SECRETS) text = text.replace(secret, stars);
  if (/^content-type[ \t]*:[ \t]*application\/dtmf[ \t]*\r$/im.test(text)) text = text.replace(BARE_DIGIT, stars);
  return Buffer.from(text, 'latin1');
}

function stars(found: string): string {
  return '*'.repeat(found.length);
}
