import type { UserAgentOptions } from '../../firmware/sip/user-agent/user-agent.ts';
import { shipped } from './tools.ts';

const { systemClock } = await shipped<typeof import('../../firmware/base/clock.ts')>('firmware/base/clock');
const { silentLog } = await shipped<typeof import('../../firmware/base/log.ts')>('firmware/base/log');
const { parseUri } = await shipped<typeof import('../../firmware/sip/message/uri.ts')>('firmware/sip/message/uri');
const { UserAgent } = await shipped<typeof import('../../firmware/sip/user-agent/user-agent.ts')>(
  'firmware/sip/user-agent/user-agent',
);

const SDP = Buffer.from(
  [
    'v=0',
    'o=- 3849 1 IN IP4 127.0.0.1',
    's=-',
    'c=IN IP4 127.0.0.1',
    't=0 0',
    'm=audio 10000 RTP/AVP 0 8 101',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-15',
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n'),
);

/** Our SIP stack alone, as it is shipped, on a free UDP port of 127.0.0.1; it answers every INVITE with 180 and 200. */
export async function startAgent(tap?: UserAgentOptions['tap']) {
  const agent = new UserAgent({
    listeners: [{ transport: 'udp', host: '127.0.0.1', port: 0 }],
    clock: systemClock,
    log: silentLog,
    isTrusted: () => true,
    allowTarget: () => true,
    name: 'bench',
    ...(tap && { tap }),
  });
  agent.onInvite = invite => {
    invite.ring();
    invite.accept(SDP);
  };
  await agent.start();
  return { agent, port: agent.listening[0]?.port ?? 0 };
}

export type Agent = Awaited<ReturnType<typeof startAgent>>['agent'];

/** One call, until its BYE is answered. @returns null when it failed */
export function call(
  agent: Agent,
  port: number,
  holdMs: number,
): Promise<{ firstResponseMs: number; answeredMs: number } | null> {
  const uri = `sip:bench@127.0.0.1:${port}`;
  const begun = performance.now();
  let firstResponseMs: number | null = null;
  const elapsed = () => performance.now() - begun;
  return new Promise(done => {
    agent.invite(
      {
        target: parseUri(uri),
        requestUri: uri,
        from: { uri: 'sip:caller@127.0.0.1' },
        to: uri,
        headers: [],
        body: SDP,
        contentType: 'application/sdp',
        ringLimitMs: 60_000,
      },
      {
        progress: () => {
          firstResponseMs ??= elapsed();
        },
        accepted: dialog => {
          const answeredMs = elapsed();
          firstResponseMs ??= answeredMs;
          const times = { firstResponseMs, answeredMs };
          systemClock.after(holdMs, () => void dialog.bye().then(({ status }) => done(status === 200 ? times : null)));
        },
        failed: () => done(null),
      },
    );
  });
}
