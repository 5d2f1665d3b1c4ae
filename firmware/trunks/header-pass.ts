import type { Headers } from '../sip/message/headers.ts';

export interface HeaderPassRules {
  /** Names, or beginnings with "*": "X-*"; letter case does not matter. */
  readonly pass: readonly string[];
  /** Diversion and History-Info. */
  readonly diversion: 'pass' | 'drop';
}

export interface PassedHeaders {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Names of those for which there was no room. */
  readonly dropped: readonly string[];
}

/** CONTRACT §1.4: the same bounds as for the headers of an application. */
const MAX_HEADERS = 32;
const MAX_BYTES = 4096;

/**
 * What belongs to one hop, one dialog or one body, or is written by us from what we know: it never crosses a bridge,
 * whatever the configuration says.
 */
const OWN = new Set(
  `via route record-route path service-route max-forwards max-breadth contact from to call-id cseq
  authorization authentication-info www-authenticate proxy-authenticate proxy-authorization proxy-authentication-info
  content-type content-length content-encoding content-language content-disposition mime-version
  require proxy-require supported unsupported allow allow-events accept accept-encoding accept-language recv-info
  info-package session-expires min-se rseq rack event expires min-expires subscription-state sip-etag sip-if-match
  replaces join target-dialog refer-to referred-by refer-sub reason retry-after timestamp warning date user-agent server
  p-asserted-identity p-preferred-identity remote-party-id privacy
  security-client security-server security-verify flow-timer`.split(/\s+/),
);

/**
 * The headers of one side of a bridge that the other side's INVITE carries. An Identity header always does, letter by
 * letter, and with it the Date that its signature speaks of (RFC 8224 §4.1, §6.2): it has the first claim on the room.
 */
export function passHeaders(headers: Headers, rules: HeaderPassRules): PassedHeaders {
  const match = matcher(rules);
  const passed = [...headers].filter(([name]) => match(name.toLowerCase()));
  const isSigned = ([name]: readonly [string, string]) => name === 'Identity';
  const signed = passed.filter(isSigned);
  const date = signed.length > 0 ? headers.get('Date') : undefined;
  return bounded([
    ...signed,
    ...(date === undefined ? [] : [['Date', date] as const]),
    ...passed.filter(header => !isSigned(header)),
  ]);
}

function matcher({ pass, diversion }: HeaderPassRules): (name: string) => boolean {
  const exact = new Set(pass.filter(each => !each.endsWith('*')).map(each => each.toLowerCase()));
  const starts = pass.filter(each => each.endsWith('*')).map(each => each.slice(0, -1).toLowerCase());
  return name => {
    if (name === 'identity') return true;
    if (name === 'diversion' || name === 'history-info') return diversion === 'pass';
    // What we tell of a session of ours is not the peer's to say.
    if (OWN.has(name) || name.startsWith('x-opentok-')) return false;
    return exact.has(name) || starts.some(start => name.startsWith(start));
  };
}

function bounded(headers: readonly (readonly [string, string])[]): PassedHeaders {
  const kept: (readonly [string, string])[] = [];
  const dropped: string[] = [];
  let room = MAX_BYTES;
  for (const header of headers) {
    const [name, value] = header;
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(value);
    if (kept.length < MAX_HEADERS && bytes <= room) {
      kept.push(header);
      room -= bytes;
    } else dropped.push(name);
  }
  return { headers: kept, dropped };
}
