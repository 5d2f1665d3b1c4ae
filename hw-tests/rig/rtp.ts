/** RTP and RTCP as the phones of the tests write and read them (RFC 3550), apart from the product's. */
export interface Rtp {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

export function writeRtp(packet: Rtp): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  header.writeUInt16BE(packet.sequence & 0xffff, 2);
  header.writeUInt32BE(packet.timestamp >>> 0, 4);
  header.writeUInt32BE(packet.ssrc >>> 0, 8);
  return Buffer.concat([header, packet.payload]);
}

/** undefined when it is no RTP without extension, padding and contributing sources: the box sends no such thing. */
export function readRtp(datagram: Buffer): Rtp | undefined {
  if (datagram.length < 12 || datagram[0] !== 0x80) return undefined;
  const second = datagram.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: second >= 0x80,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(12),
  };
}

export interface ReportBlock {
  readonly ssrc: number;
  /** 0–1, since the report before. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly highestSequence: number;
  readonly lastSenderReport: number;
}

export interface SenderReport {
  readonly ssrc: number;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

export interface Rtcp {
  readonly senderReports: SenderReport[];
  readonly receiverReports: number;
  readonly blocks: ReportBlock[];
  readonly cnames: string[];
  readonly byes: number[];
}

/** Reads a compound packet; undefined when its lengths do not add up. */
export function readRtcp(datagram: Buffer): Rtcp | undefined {
  const found = { senderReports: [], receiverReports: 0, blocks: [], cnames: [], byes: [] } as {
    -readonly [Key in keyof Rtcp]: Rtcp[Key];
  };
  let at = 0;
  while (at < datagram.length) {
    if (at + 8 > datagram.length) return undefined;
    const end = at + 4 + 4 * datagram.readUInt16BE(at + 2);
    if (end > datagram.length) return undefined;
    const packet = datagram.subarray(at, end);
    const count = packet.readUInt8(0) & 0x1f;
    const type = packet.readUInt8(1);
    if (type === 200) {
      found.senderReports.push({
        ssrc: packet.readUInt32BE(4),
        rtpTimestamp: packet.readUInt32BE(16),
        packets: packet.readUInt32BE(20),
        octets: packet.readUInt32BE(24),
      });
    }
    if (type === 201) found.receiverReports++;
    if (type === 200 || type === 201) found.blocks.push(...readBlocks(packet.subarray(type === 200 ? 28 : 8), count));
    if (type === 202 && packet.length > 10 && packet[8] === 1) {
      found.cnames.push(packet.subarray(10, 10 + packet.readUInt8(9)).toString('utf8'));
    }
    if (type === 203) found.byes.push(packet.readUInt32BE(4));
    at = end;
  }
  return found;
}

function readBlocks(blocks: Buffer, count: number): ReportBlock[] {
  return Array.from({ length: count }, (_, i) => {
    const block = blocks.subarray(24 * i);
    return {
      ssrc: block.readUInt32BE(0),
      fractionLost: block.readUInt8(4) / 256,
      cumulativeLost: block.readIntBE(5, 3),
      highestSequence: block.readUInt32BE(8),
      lastSenderReport: block.readUInt32BE(16),
    };
  });
}

/** A sender report without blocks, with its CNAME (RFC 3550 §6.1: every compound packet has one). */
export function writeSenderReport(report: SenderReport & { ntpSeconds: number; cname: string }): Buffer {
  const sender = Buffer.alloc(28);
  sender[0] = 0x80;
  sender[1] = 200;
  sender.writeUInt16BE(6, 2);
  sender.writeUInt32BE(report.ssrc, 4);
  sender.writeUInt32BE(Math.floor(report.ntpSeconds) >>> 0, 8);
  sender.writeUInt32BE(Math.floor((report.ntpSeconds % 1) * 2 ** 32) >>> 0, 12);
  sender.writeUInt32BE(report.rtpTimestamp >>> 0, 16);
  sender.writeUInt32BE(report.packets, 20);
  sender.writeUInt32BE(report.octets, 24);
  const item = Buffer.concat([Buffer.of(1, report.cname.length), Buffer.from(report.cname, 'ascii'), Buffer.of(0)]);
  const description = Buffer.alloc(8 + Math.ceil(item.length / 4) * 4);
  description[0] = 0x81;
  description[1] = 202;
  description.writeUInt16BE(description.length / 4 - 1, 2);
  description.writeUInt32BE(report.ssrc, 4);
  item.copy(description, 8);
  return Buffer.concat([sender, description]);
}
