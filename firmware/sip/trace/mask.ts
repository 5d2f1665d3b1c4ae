/** A field with all its folds, or a line of a body. */
const LINES = /[^\n]*\n(?:[ \t][^\n]*\n)*|[^\n]+$/g;
const CREDENTIALS = /^(?:proxy-)?authorization[ \t]*:/i;
const ANSWERS = /(\b(?:response|cnonce)\s*=\s*"?)([^",\s]+)/gi;
/** Of the schemes that are the secret itself (RFC 7617, RFC 8898). */
const TOKEN = /^([^:]*:\s*(?:basic|bearer)\s+)(\S+)/i;
const KEYS = /^(a=(?:ice-pwd|key-mgmt):|k=)([^\r\n]+)/i;
const INLINE_KEYS = /(\binline:)([^\s|;]+)/gi;
const PRESSED = /^(signal[ \t]*=[ \t]*)([0-9A-D*#]+)/i;
const DTMF = /^content-type[ \t]*:[ \t]*application\/dtmf[ \t]*\r?$/im;
const BARE_DIGIT = /^[0-9A-D*#]$/i;
const URI = /\bsips?:/i;

/**
 * The same message without what would let a reader of a trace be somebody else, or listen in: the answers of digest
 * authentication, passwords in URIs, keys of secured media, and digits that were pressed (they may be a PIN). Of the
 * same length, so that Content-Length stays true. Looks at each byte a few times, whatever the message holds.
 */
export function maskSecrets(message: Buffer): Buffer {
  const text = message.toString('latin1').replace(LINES, maskedLine);
  return Buffer.from(withoutBareDigit(text), 'latin1');
}

function maskedLine(line: string): string {
  const open = line.includes('@') ? withoutPasswords(line) : line;
  if (CREDENTIALS.test(open)) return open.replace(TOKEN, starred).replace(ANSWERS, starred);
  if (/^a=crypto:/i.test(open)) return open.replace(INLINE_KEYS, starred);
  return open.replace(KEYS, starred).replace(PRESSED, starred);
}

/** `sip:user:password@host`, wherever it stands. */
function withoutPasswords(line: string): string {
  return line.replace(/[^\s<>"]+/g, word => {
    let masked = '';
    let rest = word;
    for (let at = rest.indexOf('@'); at >= 0; at = rest.indexOf('@')) {
      masked += `${withoutPassword(rest.slice(0, at))}@`;
      rest = rest.slice(at + 1);
    }
    return masked + rest;
  });
}

/** Of what stands before an "@". */
function withoutPassword(text: string): string {
  const scheme = URI.exec(text);
  const colon = scheme ? text.indexOf(':', scheme.index + scheme[0].length) : -1;
  return colon < 0 ? text : text.slice(0, colon + 1) + stars(text.slice(colon + 1));
}

/** A body of nothing but one digit (application/dtmf). */
function withoutBareDigit(text: string): string {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0 || !BARE_DIGIT.test(text.slice(head).trim()) || !DTMF.test(text.slice(0, head))) return text;
  return text.slice(0, head) + text.slice(head).replace(/\S/, '*');
}

function starred(_found: string, before: string, secret: string): string {
  return before + stars(secret);
}

function stars(secret: string): string {
  return '*'.repeat(secret.length);
}
