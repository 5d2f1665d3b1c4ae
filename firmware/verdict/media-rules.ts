import { endReasons } from '../calls/reasons.ts';
import type { Side } from '../quality/call-media.ts';
import { evidenceOf } from './call-verdict.ts';
import { type Judged, type PastProblem, partyAt, type Rule, timeOf } from './judged.ts';

/** Shorter gaps are heard, and are no reason to look for a cause. */
const MIN_GAP_MS = 5_000;
/** What was measured of a shorter call says little of it: one hiccup would be a tenth of it. */
const MIN_MEASURED_MS = 5_000;
/** ITU-T G.107 Annex B: below it nearly all users are dissatisfied. */
const MIN_MOS = 3.1;
/** Above it concealment is heard with every codec here. */
const MAX_LOSS_RATIO = 0.03;
const MAX_JITTER_MS = 60;

/** Answered calls in which something was wrong with what was heard; live ones as well. */
export const mediaRules: readonly Rule[] = [
  {
    rule: 'media-not-secured',
    layer: 'security',
    judge: call =>
      call.end?.code === endReasons.mediaNotSecured.code
        ? {
            side: 'network',
            sentence: `SRTP was agreed on, and its keys could not be (${call.end.detail ?? 'no detail'}): see that UDP reaches ${advertisedAt(call, 'first') ?? 'our media address'} and that the far end's certificate is that of its description.`,
            evidence: evidenceOf({ detail: call.end.detail, ...addresses(call, 'first') }),
          }
        : null,
  },
  {
    rule: 'audio-never-came',
    layer: 'media',
    judge: call =>
      call.end?.code === endReasons.mediaTimeout.code
        ? {
            side: 'network',
            sentence: `No packet of audio ever came from the ${partyAt(call, 'first')}: we had asked for it at ${advertisedAt(call, 'first') ?? 'our media address'}, so see that this address is the right one for there (media.advertise, advertise of the trunk) and that the firewall lets UDP in to media.ports.`,
            evidence: evidenceOf({ ...addresses(call, 'first'), ...heard(call, 'first') }),
          }
        : null,
  },
  {
    rule: 'audio-stopped',
    layer: 'media',
    judge: call => {
      if (call.end?.code !== endReasons.maxInactive.code) return null;
      const since = lastOf(call, 'no-media')?.since;
      return {
        side: 'network',
        sentence: `Audio of the ${partyAt(call, 'first')} stopped${since === undefined ? '' : ` at ${timeOf(since)}`} and did not come back: see whether the far end or the network between went down; limits.inactivitySeconds says how long is waited.`,
        evidence: evidenceOf({ since: since === undefined ? null : timeOf(since), ...addresses(call, 'first') }),
      };
    },
  },
  {
    rule: 'no-audio-either-way',
    layer: 'media',
    judge: call => {
      const [received, sent] = [lasting(call, 'received'), lasting(call, 'sent')];
      if (!received || !sent || received.side !== sent.side) return null;
      const { side } = received;
      return {
        side: 'network',
        sentence: `Neither the gateway nor the ${partyAt(call, side)} heard the other from ${timeOf(Math.min(received.since, sent.since))} on: see that UDP passes between ${advertisedAt(call, side) ?? 'our media address'} and ${remoteAt(call, side) ?? 'its address'}.`,
        evidence: evidenceOf({ problems: [lineOf(received), lineOf(sent)], ...addresses(call, side) }),
      };
    },
  },
  {
    rule: 'one-way-audio',
    layer: 'media',
    judge: call => {
      const problem = lasting(call, 'received') ?? lasting(call, 'sent');
      return problem ? oneWay(call, problem) : null;
    },
  },
  {
    rule: 'dead-air',
    layer: 'media',
    judge: call => {
      const problem = lastOf(call, 'silence');
      if (!problem) return null;
      return {
        side: partyAt(call, problem.side),
        sentence: `Packets came from the ${partyAt(call, problem.side)} with nothing to hear in them from ${timeOf(problem.since)} on: see its microphone, its mute, or what its PBX plays to us.`,
        evidence: evidenceOf({ problems: [lineOf(problem)] }),
      };
    },
  },
  {
    rule: 'loss-too-high',
    layer: 'media',
    judge: call => poor(call, ({ loss }) => loss > MAX_LOSS_RATIO, 'loses packets'),
  },
  {
    rule: 'jitter-too-high',
    layer: 'media',
    judge: call => poor(call, ({ jitterMs }) => jitterMs > MAX_JITTER_MS, 'delays packets unevenly'),
  },
  {
    rule: 'poor-quality',
    layer: 'media',
    judge: call => poor(call, () => true, 'is too slow or too lossy for its codec'),
  },
];

function oneWay(call: Judged, problem: PastProblem) {
  const { side, direction, hop, since } = problem;
  const party = partyAt(call, side);
  const evidence = evidenceOf({ problems: [lineOf(problem)], ...addresses(call, side), ...heard(call, side) });
  const from = `from ${timeOf(since)} ${problem.until === null || isToTheEnd(call, problem) ? 'on' : `to ${timeOf(problem.until)}`}`;
  if (direction === 'sent')
    return {
      side: problem.kind === 'send-refused' ? party : 'network',
      sentence: `The ${party} did not hear us ${from}, while we heard it: our packets to ${remoteAt(call, side) ?? 'its address'} ${problem.kind === 'send-refused' ? 'were refused as nobody listens there' : 'do not get there'}; see the address in its description, and the NAT or firewall before it.`,
      evidence,
    } as const;
  return {
    side: hop === 'far-end' ? party : 'network',
    sentence: `Nothing was heard of the ${party} ${from}, while it could hear us: ${
      hop === 'far-end'
        ? 'by its own reports it sent nothing; see its microphone, mute and hold'
        : `see that ${advertisedAt(call, side) ?? 'our media address'}, where we asked for its audio, can be reached from there (media.advertise, firewall, NAT)`
    }.`,
    evidence,
  } as const;
}

/** The problem of a direction that lasted long enough to matter, the latest one. */
function lasting(call: Judged, direction: PastProblem['direction']): PastProblem | undefined {
  const kinds = direction === 'received' ? ['no-media'] : ['not-heard', 'send-refused'];
  return call.problems.findLast(problem => kinds.includes(problem.kind) && lastedMs(call, problem) >= MIN_GAP_MS);
}

function lastOf(call: Judged, kind: PastProblem['kind']): PastProblem | undefined {
  return call.problems.findLast(problem => problem.kind === kind);
}

function lastedMs({ endedAt }: Judged, { since, until }: PastProblem): number {
  const end = until ?? endedAt;
  // One that is there now was told of because it lasted.
  return end === null ? Number.POSITIVE_INFINITY : end - since;
}

function isToTheEnd({ endedAt }: Judged, { until }: PastProblem): boolean {
  return until !== null && endedAt !== null && until >= endedAt;
}

interface Poor {
  readonly side: Side;
  readonly way: 'received' | 'sent';
  readonly mos: number;
  readonly loss: number;
  readonly jitterMs: number;
}

/** The worst direction of a call that is below the bound. */
function poor(call: Judged, isCause: (poor: Poor) => boolean, does: string) {
  const [worst] = call.figures
    .filter(({ call: { ms } }) => ms >= MIN_MEASURED_MS)
    .flatMap(({ side, call: { received, sent } }): Poor[] => [
      ...(received.mos
        ? [
            {
              side,
              way: 'received',
              mos: received.mos.mos,
              loss: received.lossRatio ?? 0,
              jitterMs: received.jitterMs ?? 0,
            } as const,
          ]
        : []),
      ...(sent.mos
        ? [{ side, way: 'sent', mos: sent.mos.mos, loss: sent.lossRatio ?? 0, jitterMs: sent.jitterMs ?? 0 } as const]
        : []),
    ])
    .sort((one, other) => one.mos - other.mos);
  if (!worst || worst.mos >= MIN_MOS || !isCause(worst)) return null;
  const party = partyAt(call, worst.side);
  const way = worst.way === 'received' ? `from the ${party} to here` : `from here to the ${party}`;
  return {
    side: 'network',
    sentence: `The call sounded poor (MOS ${worst.mos.toFixed(1)}): the network ${way} ${does} (${(worst.loss * 100).toFixed(1)} % lost, ${Math.round(worst.jitterMs)} ms jitter); see Wi-Fi, the uplink and QoS on that way.`,
    evidence: evidenceOf({
      direction: worst.way,
      mos: worst.mos.toFixed(2),
      lossRatio: worst.loss.toFixed(4),
      jitterMs: worst.jitterMs.toFixed(1),
    }),
  } as const;
}

function sideOf({ facts }: Judged, side: Side) {
  return facts.sides.find(each => each.side === side);
}

function advertisedAt(call: Judged, side: Side): string | null {
  return sideOf(call, side)?.advertised ?? null;
}

function remoteAt(call: Judged, side: Side): string | null {
  return sideOf(call, side)?.remote ?? null;
}

function addresses(call: Judged, side: Side) {
  return { advertised: advertisedAt(call, side), remote: remoteAt(call, side) };
}

function heard({ figures }: Judged, side: Side) {
  const leg = figures.findLast(each => each.side === side)?.call;
  return { received: leg && `${leg.received.packets} packets`, sent: leg && `${leg.sent.packets} packets` };
}

function lineOf({ side, kind, direction, hop, since, until }: PastProblem): string {
  return `${side} ${direction}: ${kind} (${hop}) ${timeOf(since)} – ${until === null ? 'now' : timeOf(until)}`;
}
