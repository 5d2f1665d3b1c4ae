const CR = 13;
const LF = 10;
const SLASH = 47;
/** From the slash of "SIP/2.0" to the end of a request line that is cut wrong: blanks, a longer version. */
const TAIL_BYTES = 24;

/**
 * Whether a message can be SIP at all: its first line begins with "SIP/" (a response) or with a letter and ends in
 * something like "SIP/2.0". Looks at a few dozen bytes, so that a flood of anything else costs next to nothing;
 * requests of other versions pass, they have an answer of their own (505).
 */
export function looksLikeSip(message: Buffer): boolean {
  let start = 0;
  // §7.5: empty lines before the first are to be ignored.
  while (message[start] === CR || message[start] === LF) start += 1;
  if (isSipSlash(message, start + 3)) return true;
  if (!isTokenStart(message[start])) return false;
  const end = message.indexOf(LF, start);
  for (let at = end; at > end - TAIL_BYTES && at > start + 3; at -= 1) {
    if (message[at] === SLASH && isSipSlash(message, at)) return true;
  }
  return false;
}

/** "SIP/" in any case, `slash` being where its slash stands. */
function isSipSlash(message: Buffer, slash: number): boolean {
  return (
    message[slash] === SLASH &&
    upper(message[slash - 3]) === 83 &&
    upper(message[slash - 2]) === 73 &&
    upper(message[slash - 1]) === 80
  );
}

function upper(byte: number | undefined): number {
  return (byte ?? 0) & 0xdf;
}

/** Methods are tokens (§25.1), and some peer's test message begins with "!". */
function isTokenStart(byte: number | undefined): boolean {
  return byte !== undefined && byte > 32 && byte < 127;
}
