import { LossyRelay } from './lossy-relay.ts';
import type { Rig } from './rig.ts';
import { Sipp } from './sipp.ts';
import { TonePhone } from './tone-phone.ts';

/** A phone that is called and whose media, both ways, takes a path that loses packets. */
export interface LossyPhone {
  readonly uri: string;
  readonly media: TonePhone;
  /** There once the call was answered. */
  readonly path: Promise<LossyRelay>;
}

export async function startLossyPhone(
  rig: Rig,
  { frequencyHz, loss, seed }: { frequencyHz: number; loss: number; seed: number },
): Promise<LossyPhone> {
  const media = rig.keep(await TonePhone.open({ frequencyHz, host: rig.us }));
  const sip = rig.keep(
    await Sipp.start({
      scenario: 'answer',
      host: rig.us,
      keys: { rtp_port: media.rtpPort, payload_type: 0, rtpmap: 'PCMU/8000' },
    }),
  );
  const path = new Promise<LossyRelay>(resolve => {
    sip.onLog(line => {
      const [, host, port] = /^MEDIA \S+ (\S+) (\d+)$/.exec(line) ?? [];
      if (!host || !port) return;
      void LossyRelay.open({ host, port: Number(port) }, seed, { loss }).then(relay => {
        media.talkTo(rig.keep(relay));
        resolve(relay);
      });
    });
  });
  return { uri: `sip:phone@${sip.host}:${sip.port}`, media, path };
}
