import { formatHostPort } from '../../sip/message/host-port.ts';
import { formatUri, type SipUri } from '../../sip/message/uri.ts';
import type { RequestOutcome } from '../../sip/user-agent/out-of-dialog.ts';
import { grantedSeconds } from '../registration/granted.ts';
import { type Registrant, registerRequest } from '../registration/register-request.ts';
import { ourHost, type TrunkAgent } from '../trunk-agent.ts';
import { adviceForCode, adviceForStatus } from './advice.ts';
import { failed, ok, type Step } from './step.ts';

/** Longer than a lost packet and its repetition take, shorter than patience. */
const REQUEST_MS = 8_000;
const REGISTER_S = 120;

/** Whether the peer answers OPTIONS; any answer but 408 and 503 shows that it is there. */
export async function optionsStep(agent: TrunkAgent, uri: SipUri, timeoutMs: number): Promise<Step> {
  const plain = formatUri({ ...uri, user: null, headers: null });
  const outcome = await agent.request({
    method: 'OPTIONS',
    target: uri,
    requestUri: plain,
    from: { uri: `sip:crosspoint@${formatHostPort(ourHost(agent.listening, uri), null)}` },
    to: plain,
    headers: [],
    contact: true,
    timeoutMs,
  });
  if (outcome.kind === 'failed') return failed('options', [outcome.message], adviceForCode(outcome.code));
  const saw = answerLines(outcome);
  const { status } = outcome;
  if (status === 408 || status === 503) return failed('options', saw, adviceForStatus(status, false));
  return ok('options', ...saw);
}

/** Registers for two minutes, and takes it back. Other contacts of the same account stay. */
export async function registerStep(agent: TrunkAgent, registrant: Registrant): Promise<Step> {
  const first = await agent.request({ ...registerRequest(registrant, REGISTER_S), timeoutMs: REQUEST_MS });
  const outcome = await withLongerTime(agent, registrant, first);
  const who = `as ${registrant.user} with ${registrant.registrar.host}`;
  if (outcome.kind === 'failed') return failed('register', [`${who}: ${outcome.message}`], adviceForCode(outcome.code));
  const { status, headers, cseq } = outcome;
  if (status < 200 || status > 299)
    return failed('register', [who, ...answerLines(outcome)], adviceForStatus(status, registrant.auth !== undefined));
  const [contact] = headers.getAll('Contact');
  const ours = { ...registrant.registrar, user: registrant.user, ...outcome.local.advertised };
  const granted = grantedSeconds(headers, ours, REGISTER_S);
  await agent.request({ ...registerRequest(registrant, 0), cseq: cseq + 1, timeoutMs: REQUEST_MS });
  const seen = contact === undefined ? [] : [`kept for us: ${contact.slice(0, 200)}`];
  return ok('register', `${who}: ${status} in ${Math.round(outcome.roundTripMs)} ms, for ${granted} s`, ...seen);
}

/** 423: two minutes are too brief for some; that is no fault of the configuration. */
async function withLongerTime(
  agent: TrunkAgent,
  registrant: Registrant,
  outcome: RequestOutcome,
): Promise<RequestOutcome> {
  if (outcome.kind !== 'response' || outcome.status !== 423) return outcome;
  const least = Number(outcome.headers.get('Min-Expires'));
  if (!Number.isSafeInteger(least)) return outcome;
  return await agent.request({ ...registerRequest(registrant, least), cseq: outcome.cseq + 1, timeoutMs: REQUEST_MS });
}

function answerLines({
  status,
  reason,
  hop,
  roundTripMs,
  headers,
}: Extract<RequestOutcome, { kind: 'response' }>): string[] {
  const said = (name: string) => headers.getAll(name).join(', ').slice(0, 200);
  return [
    `${status} ${reason} in ${Math.round(roundTripMs)} ms from ${hop.transport} ${formatHostPort(hop.address, hop.port)}`,
    ...['Server', 'User-Agent', 'Allow', 'Reason', 'Warning']
      .filter(name => headers.has(name))
      .map(name => `${name}: ${said(name)}`),
  ];
}
