import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { VonageProject } from '../../config/projects.ts';
import type { WebTarget } from '../../scripts/web.ts';
import { withoutPlus } from '../../trunks/own-numbers/msisdn.ts';
import { parts } from '../ports.ts';
import { refuseUnlessReady } from '../readiness.ts';
import { application, webhooksOf } from './application.ts';
import { applicationOf } from './auth.ts';
import type { VoiceDeps } from './deps.ts';
import { type Endpoint, EndpointError, endpointOf } from './endpoint.ts';
import { conversationOf, VoiceLeader, type VoiceTerms } from './leader.ts';
import { compileNcco } from './ncco/compile.ts';
import { failures } from './problem.ts';
import { recordingUrlAt } from './recording-url.ts';
import { CreateBody, Created } from './schemas.ts';

type Request = Static<typeof CreateBody>;

const USUAL_RING_S = 60;
const LONGEST_S = 7200;

/** `POST /v1/calls` (CONTRACT §3.1). */
export function createCallRoute({ scripts, readiness, origin }: VoiceDeps): FastifyPluginAsyncTypebox {
  const recordingUrl = recordingUrlAt(origin);
  return async app => {
    app.post(
      '/v1/calls',
      {
        schema: { body: CreateBody, response: { 201: Created, ...failures } },
        onRequest: refuseUnlessReady(readiness, parts),
      },
      async (request, reply) => {
        const project = applicationOf(request);
        const { body } = request;
        refuseUnsupported(body);
        const endpoint = checkedEndpoint(body.to[0] ?? {});
        const from = callerOf(body, project);
        const terms = { ...termsOf(body, project, from), from, to: endpoint.shown, recordingUrl };
        const { to, headers, secure, sendDigits } = endpoint;
        const call = await scripts.place(application(project, terms), {
          to,
          from,
          headers,
          auth: undefined,
          secure,
          ringMs: (body.ringing_timer ?? USUAL_RING_S) * 1000,
          limitMs: (body.length_timer ?? LONGEST_S) * 1000,
          sendDigits,
        });
        const conversation = call.leader instanceof VoiceLeader ? call.leader.conversation : conversationOf(call.id);
        return reply
          .code(201)
          .send({ uuid: call.id, status: 'started', direction: 'outbound', conversation_uuid: conversation });
      },
    );
  };
}

/** A call that lacks what was asked for must not look like one that has it. */
function refuseUnsupported({ machine_detection, advanced_machine_detection }: Request): void {
  if ((machine_detection ?? null) !== null || (advanced_machine_detection ?? null) !== null)
    throw new CrosspointError('http.not-implemented', 'The detection of answering machines is not available');
}

function checkedEndpoint(given: Readonly<Record<string, unknown>>): Endpoint {
  try {
    return endpointOf(given);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const code = error.kind === 'bad' ? 'http.bad-request' : 'http.not-implemented';
    throw new CrosspointError(code, `to: ${error.message}`);
  }
}

/** The number that is shown. */
function callerOf({ from, random_from_number }: Request, { numbers }: VonageProject): string {
  if (from) {
    if (from.type === 'phone' && /^\+?[A-Za-z0-9_.-]{1,64}$/.test(from.number)) return withoutPlus(from.number);
    throw bad('from must be {type: "phone", number}, with a number such as "442071234567"');
  }
  const [first] = numbers ?? [];
  if (random_from_number && first) return withoutPlus(first.msisdn);
  throw bad('from is missing, or the application has no number that random_from_number could show');
}

function termsOf(
  body: Request,
  project: VonageProject,
  from: string,
): Pick<VoiceTerms, 'first' | 'events' | 'fallback'> {
  const { ncco, answer_url, answer_method, event_url, event_method } = body;
  const { numbers = [] } = project;
  const number = numbers.find(({ msisdn }) => withoutPlus(msisdn) === from) ?? numbers[0];
  const usual = number ? webhooksOf(number) : { events: null, fallback: null };
  const events: WebTarget | null = event_url?.[0]
    ? { url: checkedUrl(event_url[0], 'event_url'), method: event_method ?? 'POST' }
    : usual.events;
  if (ncco) {
    compileNcco(ncco, { events });
    return { ...usual, events, first: { ncco } };
  }
  if (!answer_url?.[0]) throw bad('ncco or answer_url must say what is to be done with the call');
  const first = { url: checkedUrl(answer_url[0], 'answer_url'), method: answer_method ?? 'GET' };
  return { ...usual, events, first };
}

export function checkedUrl(url: string, what: string): string {
  if (URL.canParse(url)) return url;
  throw bad(`${what} is no http or https URL`);
}

function bad(message: string): CrosspointError {
  return new CrosspointError('http.bad-request', message);
}
