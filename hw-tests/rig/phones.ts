import type { Box } from './box.ts';
import type { Law } from './g711.ts';
import type { Rig } from './rig.ts';
import { Sipp, type SippOptions } from './sipp.ts';
import { TonePhone } from './tone-phone.ts';

const RTPMAP: Record<Law, readonly [payloadType: number, rtpmap: string]> = {
  PCMU: [0, 'PCMU/8000'],
  PCMA: [8, 'PCMA/8000'],
};

export interface PhoneOptions {
  readonly frequencyHz: number;
  readonly law?: Law;
  /** How loud it speaks. */
  readonly levelDbov?: number;
  readonly scenario?: string;
  readonly transport?: 'udp' | 'tcp';
  /** Its address, for SIP and media; by default the one that the box knows us by. */
  readonly host?: string;
  /** Its SIP port, where the box must know it before. */
  readonly port?: number;
  readonly keys?: SippOptions['keys'];
  /** One after the other. */
  readonly calls?: number;
}

/** A phone: SIPp signals, a tone phone speaks and listens. */
export class Phone {
  readonly sip: Sipp;
  readonly media: TonePhone;
  readonly #transport: 'udp' | 'tcp';

  constructor(sip: Sipp, media: TonePhone, transport: 'udp' | 'tcp') {
    this.sip = sip;
    this.media = media;
    this.#transport = transport;
    sip.onLog(line => {
      const [, host, port] = /^MEDIA \S+ (\S+) (\d+)$/.exec(line) ?? [];
      if (host && port) media.talkTo({ host, port: Number(port) });
    });
  }

  /** What to dial for it to ring. */
  get uri(): string {
    const host = this.sip.host.includes(':') ? `[${this.sip.host}]` : this.sip.host;
    return `sip:phone@${host}:${this.sip.port}${this.#transport === 'tcp' ? ';transport=tcp' : ''}`;
  }

  async close(): Promise<void> {
    await Promise.all([this.sip.close(), this.media.close()]);
  }
}

/** A phone that is called. It lasts until the end of the test. */
export function startPhone(rig: Rig, options: PhoneOptions): Promise<Phone> {
  return open(rig, options, { scenario: options.scenario ?? 'answer' });
}

/** A phone that calls a number of the box; it begins at once. */
export function callBox(rig: Rig, box: Box, user: string, options: PhoneOptions): Promise<Phone> {
  const { host, udpPort, tcpPort } = box.facts.sip;
  const remote = { host, port: options.transport === 'tcp' ? tcpPort : udpPort };
  return open(rig, options, { scenario: options.scenario ?? 'call-and-wait', remote, user });
}

async function open(rig: Rig, options: PhoneOptions, how: SippOptions): Promise<Phone> {
  const { frequencyHz, law = 'PCMU', levelDbov, transport = 'udp', host = rig.us, port, keys, calls } = options;
  const media = await TonePhone.open({ frequencyHz, law, host, ...(levelDbov !== undefined && { levelDbov }) });
  const [payload_type, rtpmap] = RTPMAP[law];
  const sip = await Sipp.start({
    ...how,
    host,
    transport,
    ...(port !== undefined && { port }),
    ...(calls !== undefined && { calls }),
    keys: { rtp_port: media.rtpPort, payload_type, rtpmap, ...keys },
  });
  return rig.keep(new Phone(sip, media, transport));
}
