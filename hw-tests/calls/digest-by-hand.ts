import { createHash } from 'node:crypto';

/** Digest (RFC 7616) computed apart from the product, from a message as it was on the wire. */
const HASHES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
export type Algorithm = keyof typeof HASHES;

export interface Login {
  readonly username: string;
  readonly password: string;
}

export const ASK = { 401: 'WWW-Authenticate', 407: 'Proxy-Authenticate' } as const;
export const ANSWER = { 401: 'Authorization', 407: 'Proxy-Authorization' } as const;

function hash(algorithm: Algorithm, text: string): string {
  return createHash(HASHES[algorithm]).update(text).digest('hex');
}

/** The parameters of each Digest header of that name, unquoted. */
export function digestsIn(message: string, name: string): Map<string, string>[] {
  return [...message.matchAll(new RegExp(`^${name}: *Digest (.*)$`, 'gim'))].map(
    ([, text = '']) =>
      new Map(
        [...text.matchAll(/([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)].map(([, key, quoted, plain]) => [
          (key ?? '').toLowerCase(),
          (quoted ?? plain ?? '').replace(/\\(.)/g, '$1'),
        ]),
      ),
  );
}

/** What `response` must be (RFC 7616 §3.4.1) in credentials that stand in that request. */
export function rightResponse(given: ReadonlyMap<string, string>, request: string, login: Login): string {
  const of = (name: string) => given.get(name) ?? '';
  const algorithm = of('algorithm') as Algorithm;
  const [method] = request.split(' ', 1);
  const body = bodyOf(request);
  const a1 = hash(algorithm, `${login.username}:${of('realm')}:${login.password}`);
  const a2 = of('qop') === 'auth-int' ? `${method}:${of('uri')}:${hash(algorithm, body)}` : `${method}:${of('uri')}`;
  const middle = given.has('qop') ? [of('nonce'), of('nc'), of('cnonce'), of('qop')] : [of('nonce')];
  return hash(algorithm, [a1, ...middle, hash(algorithm, a2)].join(':'));
}

/** SIPp's log trims messages: the last line break of a body is put back as far as Content-Length says. */
function bodyOf(message: string): string {
  const text = message.replaceAll(/\r?\n/g, '\r\n');
  const head = text.indexOf('\r\n\r\n');
  const body = head < 0 ? '' : text.slice(head + 4);
  const length = Number(/^Content-Length: *(\d+)/im.exec(text)?.[1]);
  return Buffer.byteLength(body) + 2 === length ? `${body}\r\n` : body;
}
