import type { CallProblem } from '../records/call-record.ts';
import { type CallVerdict, evidenceOf, type VerdictSide } from './call-verdict.ts';
import type { Judged, Rule } from './judged.ts';

/** Calls that the gateway itself did not take or could not go on with: by the problem that it noted. */
export const refusalRules: readonly Rule[] = [
  {
    rule: 'codec-mismatch',
    layer: 'media',
    judge: call => {
      const { problem } = call.facts;
      if (problem?.code !== 'sdp.no-common-codec') return null;
      const ours = listed(problem.ours);
      const theirs = listed(problem.theirs);
      return {
        side: farSide(call),
        sentence: `The far end and the gateway have no codec in common (it: ${theirs}; here: ${ours}): switch one of ours on there, or one of its on here (media.codecs, or codecs of the trunk).`,
        evidence: evidenceOf({ theirs: problem.theirs, ours: problem.ours, message: problem.message }),
      };
    },
  },
  {
    rule: 'srtp-required',
    layer: 'security',
    judge: call =>
      ofProblem(call, ['sdp.security-refused'], problem => ({
        side: farSide(call),
        sentence: `Media has to be secured here and the far end did not do so (${problem.message}): switch SRTP on there, or set media of the trunk to prefer-srtp or rtp.`,
      })),
  },
  {
    rule: 'srtp-not-usable',
    layer: 'security',
    judge: call =>
      ofProblem(call, ['sdp.security-unsupported', 'sdp.protocol-unsupported'], problem => ({
        side: farSide(call),
        sentence: `The far end wants its media secured in a way that is not switched on here (${problem.message}): set media of the trunk to srtp, prefer-srtp or dtls-srtp, or switch it off there.`,
      })),
  },
  {
    rule: 'description-unusable',
    layer: 'media',
    judge: call =>
      call.facts.problem?.code.startsWith('sdp.')
        ? {
            side: farSide(call),
            sentence: `The far end's description of its media is of no use (${call.facts.problem.message}): its trace shows it; correct it there.`,
            evidence: evidenceOf({ code: call.facts.problem.code, message: call.facts.problem.message }),
          }
        : null,
  },
  {
    rule: 'number-not-routed',
    layer: 'policy',
    judge: call =>
      ofProblem(
        call,
        ['incoming.unknown-number', 'incoming.incomplete-number', 'incoming.no-number'],
        () => ({
          side: 'box',
          sentence: `The number ${call.facts.to || '(none)'} leads nowhere here: add it to numbers if it is to be answered, and compare how trunk ${call.facts.trunks.in ?? '(none)'} writes numbers (numbers.in).`,
        }),
        { called: call.facts.to, trunk: call.facts.trunks.in },
      ),
  },
  {
    rule: 'refused-by-route',
    layer: 'policy',
    judge: call =>
      ofProblem(
        call,
        ['incoming.by-route'],
        () => ({
          side: 'box',
          sentence: `Calls to ${call.facts.to} are refused here on purpose (reject of its entry in numbers): change that entry if they are to be taken.`,
        }),
        { called: call.facts.to },
      ),
  },
  {
    rule: 'policy-denied',
    layer: 'policy',
    judge: call =>
      call.facts.problem?.code.startsWith('policy.')
        ? {
            side: 'box',
            sentence: `The calling policy did not let the call pass (${call.facts.problem.message}): change policy of the box, of project ${call.facts.project} or of the trunk if it is to.`,
            evidence: evidenceOf({ rule: call.facts.problem.code, called: call.facts.to, project: call.facts.project }),
          }
        : null,
  },
  {
    rule: 'own-limit-reached',
    layer: 'policy',
    judge: call =>
      ofProblem(call, LIMITS, problem => ({
        side: 'box',
        sentence: `A limit of the gateway was reached (${problem.message}): raise limits.callsPerProject, limits.connectionsPerSession or the limits of the trunk, or send it fewer calls at a time.`,
      })),
  },
  {
    rule: 'peer-not-registered',
    layer: 'signalling',
    judge: call =>
      ofProblem(call, ['incoming.no-target', 'trunk.not-registered'], problem => ({
        side: 'callee',
        sentence: `Nobody is registered to take the call (${problem.message}): see that the phone or PBX of that trunk is on and registers here.`,
      })),
  },
  {
    rule: 'session-unknown',
    layer: 'policy',
    judge: call =>
      ofProblem(call, ['session.unknown', 'incoming.no-session'], () => ({
        side: 'box',
        sentence: `The session that ${call.facts.to} leads to does not exist: create it anew and put its id into numbers.`,
      })),
  },
  {
    rule: 'no-media-here',
    layer: 'service',
    judge: call =>
      call.facts.problem?.code.startsWith('media.') || call.facts.problem?.code === 'incoming.no-media'
        ? {
            side: 'box',
            sentence: `The gateway had no media for the call (${call.facts.problem.message}): see whether its media workers run, have ports left (media.ports) and are not overloaded.`,
            evidence: evidenceOf({ code: call.facts.problem.code, message: call.facts.problem.message }),
          }
        : null,
  },
  {
    rule: 'refused-here',
    layer: 'policy',
    judge: call => {
      const { problem } = call.facts;
      if (problem === null || call.end === null) return null;
      return {
        side: 'box',
        sentence: `The gateway itself did not take the call, or could not go on with it (${problem.message}): look for its id in the log.`,
        evidence: evidenceOf({ code: problem.code, message: problem.message }),
      };
    },
  },
];

const LIMITS = [
  'call.too-many',
  'session.full',
  'incoming.too-many-calls',
  'incoming.too-fast',
  'trunk.too-many-calls',
  'trunk.too-many-calls-per-second',
];

function ofProblem(
  { facts: { problem } }: Judged,
  codes: readonly string[],
  say: (problem: CallProblem) => { side: VerdictSide; sentence: string },
  more: Parameters<typeof evidenceOf>[0] = {},
): { side: VerdictSide; sentence: string; evidence: CallVerdict['evidence'] } | null {
  if (problem === null || !codes.includes(problem.code)) return null;
  return { ...say(problem), evidence: evidenceOf({ code: problem.code, message: problem.message, ...more }) };
}

/** Whose description it was: the callee's once an INVITE of ours has gone out. */
function farSide({ facts }: Judged): 'caller' | 'callee' {
  return facts.direction === 'outbound' || facts.tries.length > 0 ? 'callee' : 'caller';
}

function listed(names: readonly string[] | null): string {
  return names?.join(', ') || 'none';
}
