import { parse, type RawMedia, type RawSession } from 'sdp-transform';
import { CrosspointError } from '../base/errors.ts';
import { STATIC_PAYLOADS } from './codec-table.ts';
import { dtlsLinesOf, isDtlsLine } from './dtls-lines.ts';
import type { Direction, MediaDescription, PayloadFormat, SessionDescription } from './session-description.ts';

const MAX_BYTES = 16_384;
const MAX_LINE = 1024;
const MAX_MEDIA = 32;
const MAX_FORMATS = 64;
/** More suites than there are. */
const MAX_CRYPTO = 16;

/**
 * The lines that offer and answer read. Only these reach sdp-transform: it tries some fifty patterns on every a= line,
 * and candidates and hostile inventions are nothing to us here. Those of security are read by hand, for the same reason.
 */
const READ =
  /^(?:[vostcm]=|a=(?:rtpmap:|fmtp:|crypto:|fingerprint:|setup:|tls-id:|rtcp:|ptime:|maxptime:|(?:rtcp-mux|sendrecv|sendonly|recvonly|inactive)$))/;

const CRYPTO = 'a=crypto:';

/** "m=audio 49170/2 RTP/AVP 0 8"; read here, since sdp-transform drops lines with a port count or "-" in the kind. */
const MEDIA_LINE = /^([!-~]+) +(\d{1,5})(?:\/\d+)? +([!-~]+)(?: +(\S.*))?$/;

/**
 * Reads a description, forgiving what real peers do: LF alone, blanks at line ends, no s= or t=, no a=rtpmap for
 * static payload types, unknown lines.
 * @throws CrosspointError sdp.too-large, sdp.malformed
 */
export function parseDescription(text: string): SessionDescription {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw new CrosspointError('sdp.too-large', `the session description is longer than ${MAX_BYTES} bytes`);
  const lines = linesOf(text);
  if (lines[0] !== 'v=0') throw malformed('it does not begin with "v=0"');
  const mediaLines = lines.filter(line => line.startsWith('m='));
  if (mediaLines.length > MAX_MEDIA) throw malformed(`it has more than ${MAX_MEDIA} m= lines`);
  const raw = parse(lines.filter(line => !line.startsWith(CRYPTO) && !isDtlsLine(line)).join('\r\n'));
  const crypto = cryptoOf(lines);
  const dtls = dtlsLinesOf(lines);
  return {
    origin: originOf(raw),
    timing: { start: raw.timing?.start || 0, stop: raw.timing?.stop || 0 },
    media: mediaLines.map((line, index) => ({
      ...mediaOf(line.slice(2), crypto[index]!, raw.media[index]!, raw),
      ...(dtls[index] && { dtls: dtls[index] }),
    })),
  };
}

function malformed(why: string): CrosspointError {
  return new CrosspointError('sdp.malformed', `the session description cannot be read: ${why}`);
}

function linesOf(text: string): string[] {
  if (text.includes('\0')) throw malformed('it holds a NUL');
  const lines: string[] = [];
  for (const untrimmed of text.split(/[\r\n]+/)) {
    const line = untrimmed.trimEnd();
    if (!READ.test(line)) continue;
    if (line.length > MAX_LINE) throw malformed(`a line is longer than ${MAX_LINE} characters`);
    lines.push(line);
  }
  return lines;
}

/** Of each m= line; read here, since nothing of a key is worth another pass of patterns. */
function cryptoOf(lines: readonly string[]): string[][] {
  const crypto: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('m=')) crypto.push([]);
    else if (line.startsWith(CRYPTO)) {
      const current = crypto.at(-1);
      if (current && current.length < MAX_CRYPTO) current.push(line.slice(CRYPTO.length));
    }
  }
  return crypto;
}

function originOf({ origin }: RawSession): SessionDescription['origin'] {
  if (!origin) return null;
  const { username, sessionId, sessionVersion, address } = origin;
  return {
    username: String(username),
    sessionId: String(sessionId),
    version: String(sessionVersion),
    address: String(address),
  };
}

function mediaOf(line: string, crypto: string[], raw: RawMedia, session: RawSession): MediaDescription {
  const match = MEDIA_LINE.exec(line);
  if (!match) throw malformed('an m= line does not read "kind port protocol formats"');
  const [, kind = '', portText, protocol = '', formatText = ''] = match;
  const port = Number(portText);
  if (port > 65_535) throw malformed('a port is above 65535');
  const formats = formatText.split(' ').filter(format => format !== '');
  if (formats.length > MAX_FORMATS) throw malformed(`an m= line has more than ${MAX_FORMATS} formats`);
  const connection = raw.connection ?? session.connection;
  return {
    kind: kind.toLowerCase(),
    port,
    protocol,
    formats,
    payloads: /RTP\//i.test(protocol) ? payloadsOf(formats, raw) : [],
    // "/127": time to live of a multicast address.
    address: connection ? String(connection.ip).split('/')[0]! : null,
    rtcp: rtcpOf(raw),
    rtcpMux: raw.rtcpMux !== undefined,
    ptime: milliseconds(raw.ptime),
    maxptime: milliseconds(raw.maxptime),
    crypto,
    direction: (raw.direction ?? session.direction ?? 'sendrecv') as Direction,
  };
}

function payloadsOf(formats: readonly string[], raw: RawMedia): PayloadFormat[] {
  const payloads: PayloadFormat[] = [];
  for (const format of formats) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : Number.NaN;
    if (!(payloadType <= 127)) throw malformed('a payload type is not a number from 0 to 127');
    if (payloads.some(payload => payload.payloadType === payloadType)) continue;
    const fmtp = raw.fmtp.find(line => line.payload === payloadType);
    payloads.push({
      payloadType,
      ...encodingOf(payloadType, raw),
      fmtp: fmtp ? String(fmtp.config) : null,
    });
  }
  return payloads;
}

function encodingOf(payloadType: number, raw: RawMedia): Pick<PayloadFormat, 'name' | 'clockRate' | 'channels'> {
  const mapped = raw.rtp.find(line => line.payload === payloadType);
  if (mapped) {
    const rate = Number(mapped.rate);
    const channels = mapped.encoding === undefined ? 1 : Number(mapped.encoding);
    const name = String(mapped.codec);
    if (name !== '' && rate > 0) return { name, clockRate: rate, channels: channels > 0 ? channels : 1 };
  }
  const [name, clockRate] = STATIC_PAYLOADS.get(payloadType) ?? [null, null];
  return { name, clockRate, channels: 1 };
}

function rtcpOf({ rtcp }: RawMedia): MediaDescription['rtcp'] {
  if (typeof rtcp?.port !== 'number' || rtcp.port < 1 || rtcp.port > 65_535) return null;
  return { port: rtcp.port, address: rtcp.address === undefined ? null : String(rtcp.address) };
}

/** Some peers write "20.0"; what is no number counts as absent. */
function milliseconds(value: number | string | undefined): number | null {
  const number = Number(value);
  return number > 0 ? number : null;
}
