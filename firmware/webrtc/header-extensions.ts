/** RFC 8285, as an a=extmap names it. */
export interface HeaderExtension {
  readonly id: number;
  readonly name: string;
}

/** Counts the packets of a transport (draft-holmer-rmcat-transport-wide-cc-extensions-01). */
export const TRANSPORT_SEQUENCE = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** Says when a packet was sent; the name is not what it was specified under (draft-alvestrand-rmcat-remb-03 §3). */
export const SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';

/** RFC 9143 §15, RFC 8852 §3: whose packet it is: of which m= line, which layer, and which layer's retransmission. */
export const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
export const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
export const REPAIRED_RID = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';

/** More than a browser has. */
const MAX_EXTENSIONS = 64;
/** RFC 8285 §5: ids of 1 to 255 (of one byte 1 to 14), a direction, the name, and what else that one wants. */
const LINE = /^a=extmap:(\d{1,3})(?:\/[a-z]+)? +([!-~]{1,200})(?: |$)/;

/** What each m= line in turn has in the headers of its packets: id by name. What is not well formed is not there. */
export function readHeaderExtensions(text: string): ReadonlyMap<string, number>[] {
  const media: Map<string, number>[] = [];
  for (const line of text.split(/[\r\n]+/)) {
    if (line.startsWith('m=')) media.push(new Map());
    const section = media.at(-1);
    const [, id, name] = (section && LINE.exec(line)) ?? [];
    if (!section || name === undefined || section.has(name) || section.size >= MAX_EXTENSIONS) continue;
    if (Number(id) >= 1 && Number(id) <= 255) section.set(name, Number(id));
  }
  return media;
}
