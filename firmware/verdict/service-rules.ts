import { endReasons, killed, LOST, shutDown, unacknowledged } from '../calls/reasons.ts';
import { evidenceOf } from './call-verdict.ts';
import { type Judged, partyAt, type Rule, stageOf, timeOf } from './judged.ts';

/** Calls that ended because of the gateway itself, or because a dialog broke. */
export const serviceRules: readonly Rule[] = [
  {
    rule: 'service-killed',
    layer: 'service',
    judge: call =>
      endedFor(call, killed.detail)
        ? {
            side: 'box',
            sentence: `The gateway's process was killed while the call was ${stageOf(call)}: look in the system's log before ${timeOf(call.endedAt ?? 0)} for what killed it (out of memory, kill -9, power).`,
            evidence: evidenceOf({ stage: stageOf(call), foundAt: call.endedAt && timeOf(call.endedAt) }),
          }
        : null,
  },
  {
    rule: 'service-shut-down',
    layer: 'service',
    judge: call =>
      endedFor(call, shutDown.detail)
        ? {
            side: 'box',
            sentence:
              'The gateway was shut down under the call: before a restart drain it (POST /device/drain) and wait until it has no call.',
            evidence: evidenceOf({ stage: stageOf(call) }),
          }
        : null,
  },
  {
    rule: 'media-worker-lost',
    layer: 'service',
    judge: call =>
      endedFor(call, WORKER_LOST)
        ? {
            side: 'box',
            sentence:
              'The media worker that had the call ended: look in its log (run/ of the state directory) and in the system\'s for "killed" or a crash; the gateway has started another one.',
            evidence: evidenceOf({ stage: stageOf(call), detail: call.end?.detail }),
          }
        : null,
  },
  {
    rule: 'ack-missing',
    layer: 'signalling',
    judge: call =>
      endedFor(call, unacknowledged.detail) || (call.end?.code === '704' && call.facts.acknowledged === false)
        ? {
            side: 'network',
            sentence: `The caller never acknowledged our answer: its ACK was to come to ${call.facts.contact ?? 'our Contact'}, so see that this address can be reached from there, and if not, set advertise (or learnAddress) of the SIP listener.`,
            evidence: evidenceOf({ contact: call.facts.contact, caller: call.facts.from, detail: call.end?.detail }),
          }
        : null,
  },
  {
    rule: 'session-timer-expired',
    layer: 'signalling',
    judge: call =>
      endedFor(call, LOST['session-timer'])
        ? {
            side: 'network',
            sentence:
              'The far end did not refresh the session in time, as after a crash or a firewall that forgot the connection: see that it can still be reached when a call is long, or lengthen sip.sessionTimer.',
            evidence: evidenceOf({
              answeredAt: call.facts.activeAt && timeOf(call.facts.activeAt),
              ...whereItWas(call),
            }),
          }
        : null,
  },
  {
    rule: 'far-end-gone',
    layer: 'signalling',
    judge: call =>
      endedFor(call, LOST.failed) || endedFor(call, LOST['ack-timeout'])
        ? {
            side: 'network',
            sentence: `The far end did not know the call any more, or did not answer within it (${call.end?.detail}): see whether it was restarted, and whether something on the way rewrites Contact or Record-Route.`,
            evidence: evidenceOf({ detail: call.end?.detail, ...whereItWas(call) }),
          }
        : null,
  },
  {
    rule: 'not-stored',
    layer: 'service',
    judge: call =>
      call.end?.detail === 'its beginning could not be stored'
        ? {
            side: 'box',
            sentence:
              'The call was given up because its first event could not be stored: look for "store failing" in the log, and for room on the disk of stateDir.',
            evidence: evidenceOf({ detail: call.end.detail }),
          }
        : null,
  },
  {
    rule: 'longest-call',
    layer: 'policy',
    judge: call =>
      call.end?.code === endReasons.maxDuration.code
        ? {
            side: 'box',
            sentence:
              'The call reached the longest duration that is allowed: raise limits.callSeconds, or maxSeconds of the policy of its project or trunk, if calls are to be longer.',
            evidence: evidenceOf({ seconds: secondsOf(call) }),
          }
        : null,
  },
];

/** As the worker pool says it. */
const WORKER_LOST = 'the media worker ended';

function endedFor({ end }: Judged, detail: string | undefined): boolean {
  return end !== null && end.code === endReasons.unexpectedClearing.code && end.detail === detail;
}

function whereItWas(call: Judged) {
  return { farEnd: call.facts.target ?? `${partyAt(call, 'first')} ${call.facts.from}` };
}

function secondsOf({ facts: { activeAt }, endedAt }: Judged): number | null {
  return activeAt === null || endedAt === null ? null : Math.round((endedAt - activeAt) / 1000);
}
