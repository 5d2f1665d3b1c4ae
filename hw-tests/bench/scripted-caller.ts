import dgram from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { parseDescription } from '../../firmware/sdp/parse-description.ts';
import { accepted, place } from '../../firmware/sip/user-agent/user-agent.fixture.ts';
import type { UserAgent } from '../../firmware/sip/user-agent/user-agent.ts';
import { decode, encode } from '../rig/g711.ts';
import { writeRtp } from '../rig/rtp.ts';

/** What one caller went through, milliseconds. */
export interface Heard {
  /** INVITE → 200. */
  readonly answeredMs: number;
  /** 200 → the first packet in which something can be heard. */
  readonly firstWordMs: number;
}

const PACKET_MS = 20;
const SILENCE = encode('PCMU', new Int16Array(160));
/** −36 dBov: louder than what is between words, softer than every vowel. */
const AUDIBLE = 500;
const PATIENCE_MS = 30_000;

/** Calls a number, sends silence as a phone does, and hangs up at the first word. */
export async function callAndHear(agent: UserAgent, port: number, number: string): Promise<Heard> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port: own } = socket.address() as AddressInfo;
  let hear: (at: number) => void = () => {};
  const firstWord = new Promise<number>((resolve, reject) => {
    hear = resolve;
    setTimeout(() => reject(new Error('nothing was said')), PATIENCE_MS).unref();
  });
  socket.on('message', packet => {
    const samples = decode('PCMU', packet.subarray(12));
    if (samples.some(sample => Math.abs(sample) > AUDIBLE)) hear(performance.now());
  });
  const invitedAt = performance.now();
  const { dialog, body } = await accepted(place(agent, port, { body: offer(own) }, number));
  const answeredAt = performance.now();
  const remote = parseDescription(String(body)).media[0]?.port ?? 0;
  let sequence = 0;
  const talk = setInterval(() => {
    sequence += 1;
    const header = { payloadType: 0, sequence, timestamp: sequence * 160, ssrc: own };
    socket.send(writeRtp({ ...header, marker: sequence === 1, payload: SILENCE }), remote, '127.0.0.1');
  }, PACKET_MS);
  try {
    return { answeredMs: answeredAt - invitedAt, firstWordMs: (await firstWord) - answeredAt };
  } finally {
    clearInterval(talk);
    socket.close();
    await dialog.bye();
  }
}

function offer(port: number): Buffer {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 0`,
    'a=rtpmap:0 PCMU/8000',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
