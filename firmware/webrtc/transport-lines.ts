import { CrosspointError } from '../base/errors.ts';

/** What of a description says how its media is transported together: ICE (RFC 8839), BUNDLE (RFC 9143). */
export interface TransportLines {
  /** The mids of the first a=group:BUNDLE; null without one. */
  readonly bundle: readonly string[] | null;
  /** Of each m= line in turn. */
  readonly media: readonly MediaTransport[];
}

export interface MediaTransport {
  /** RFC 5888 §4. */
  readonly mid: string | null;
  /** Its port may be 0 although it is offered (RFC 9143 §6). */
  readonly bundleOnly: boolean;
  /** Its own, else the session's; null without. */
  readonly ice: PeerIce | null;
}

/** The far end's credentials: we check nothing with them, but another pair is an ICE restart (RFC 8839 §4.4.1). */
export interface PeerIce {
  readonly ufrag: string;
  readonly password: string;
}

/** RFC 8839 §5.4. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/;
const PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;
/** RFC 4566 §9: a token; none of a real peer is longer. */
const MID = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,64}$/;
const MAX_BUNDLE = 64;

const LINE = /^(?:m=|a=(ice-ufrag|ice-pwd|mid|group|bundle-only)(?::(.*))?$)/;

type Section = Map<string, string>;

/**
 * Reads them by hand, for the reason for which parse-description.ts does so with the lines of DTLS.
 * @throws CrosspointError sdp.malformed
 */
export function readTransportLines(text: string): TransportLines {
  const session: Section = new Map();
  const media: Section[] = [];
  for (const untrimmed of text.split(/[\r\n]+/)) {
    const line = untrimmed.trimEnd();
    const match = LINE.exec(line);
    if (!match) continue;
    const [, name, value = ''] = match;
    const section = media.at(-1) ?? session;
    if (name === undefined) media.push(new Map());
    // Of a line that stands twice the first counts; groups that bundle nothing are not looked at.
    else if (!section.has(name) && (name !== 'group' || /^BUNDLE(?: |$)/.test(value))) section.set(name, value.trim());
  }
  return {
    bundle: bundleOf(session.get('group')),
    media: media.map(section => ({
      mid: checked(section.get('mid'), MID, 'a=mid'),
      bundleOnly: section.has('bundle-only'),
      ice: iceOf(section) ?? iceOf(session),
    })),
  };
}

function bundleOf(group: string | undefined): string[] | null {
  if (group === undefined) return null;
  return group.split(/ +/).slice(1, MAX_BUNDLE + 1);
}

function iceOf(section: Section): PeerIce | null {
  const ufrag = checked(section.get('ice-ufrag'), UFRAG, 'a=ice-ufrag');
  const password = checked(section.get('ice-pwd'), PASSWORD, 'a=ice-pwd');
  return ufrag !== null && password !== null ? { ufrag, password } : null;
}

function checked(value: string | undefined, pattern: RegExp, name: string): string | null {
  if (value === undefined) return null;
  if (!pattern.test(value))
    throw new CrosspointError('sdp.malformed', `the session description cannot be read: ${name} is not well formed`);
  return value;
}
