import { Announcements } from './announcements/announcements.ts';
import { BUILT_IN_PROMPTS } from './announcements/built-in-prompts.ts';
import { Prompts } from './announcements/prompts.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { CallServices } from './calls/call.ts';
import { Calls, type CallsOptions } from './calls/calls.ts';
import { type SideTerms, USUAL_DIGITS } from './calls/side-terms.ts';
import type { Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import { codecsNamed } from './sdp/codecs-named.ts';
import type { Sip } from './sip-of.ts';
import { OutboundCalls } from './trunks/outbound-calls.ts';
import { OwnDomains } from './trunks/own-numbers/own-domains.ts';
import { CallingPolicies } from './trunks/policy/calling-policies.ts';
import { sessionTimerOf } from './user-agent-of.ts';

export interface CallsParts
  extends Pick<CallsOptions, 'media' | 'sessions' | 'admission' | 'clientLeg'>,
    Pick<CallServices, 'traces' | 'record' | 'keepMedia' | 'measured'> {
  readonly sip: Sip;
  readonly projects: Projects;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CallsOfBox {
  readonly calls: Calls;
  readonly policy: CallingPolicies;
  /** Host part of our addresses towards peers that are no trunk. */
  readonly domain: string;
}

/** All calls, and the rules by which they go out. */
export function callsOf(config: Config, parts: CallsParts): CallsOfBox {
  const { sip, projects, media, sessions, admission, clientLeg, clock, log } = parts;
  const { trunks, userAgent, inner } = sip;
  const terms: SideTerms = { codecs: codecsNamed(config.media.codecs), security: 'none', digits: USUAL_DIGITS };
  const policy = new CallingPolicies({ general: config.policy, projects, trunks, clock });
  const domain = userAgent.listening[0]?.advertised.host ?? config.sip.listeners[0]?.host ?? 'localhost';
  const calls = new Calls({
    services: {
      clock,
      log,
      record: parts.record,
      limits: {
        firstRtpMs: config.limits.firstRtpSeconds * 1000,
        inactivityMs: config.limits.inactivitySeconds * 1000,
        durationMs: config.limits.callSeconds * 1000,
      },
      traces: parts.traces,
      keepMedia: parts.keepMedia,
      ...(parts.measured && { measured: parts.measured }),
      tellDigits: config.tellDigits,
    },
    userAgent,
    media,
    sessions,
    admission,
    routes: new OutboundCalls({
      trunks,
      policy,
      direct: { domain, allowAlphanumericFrom: config.from.allowAlphanumeric, terms },
      inside: { domains: new OwnDomains(config.domains), agent: inner },
    }),
    prompts: new Prompts(config.announcements, BUILT_IN_PROMPTS, log),
    announcements: new Announcements(config.announcements.directories, clock, log),
    clientLeg,
    settings: {
      ringLimitMs: config.limits.ringSeconds * 1000,
      sessionTimer: sessionTimerOf(config),
      terms,
      callsPerProject: config.limits.callsPerProject,
    },
  });
  return { calls, policy, domain };
}
