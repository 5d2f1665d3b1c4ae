import type { OwnBox } from '../rig/own-box.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';
import type { Resident } from './api-routes.ts';
import type { HttpTimer, TimedAnswer } from './http-timer.ts';

const CALLS_A_SESSION = 2;
/** Requests that wait for an answer at a time. */
const LANES = 8;

interface DialAnswer {
  readonly id: string;
  readonly connectionId: string;
  readonly streamId: string;
}

/** Phones of SIPp's that answer at once and stay; they send no sound, and take what they are sent. */
export function startPhones(calls: number): Promise<Sipp> {
  return Sipp.start({ scenario: 'answer', calls, rate: 1_000, limitSeconds: 600, traceMessages: false });
}

export interface Dialled {
  readonly answer: TimedAnswer;
  readonly resident: Resident;
}

/** Places calls, a few requests at a time. @throws unless each is answered 200 */
export async function dialMany(box: OwnBox, timer: HttpTimer, phones: Sipp, calls: number): Promise<Dialled[]> {
  const { application } = box;
  const sessions = await Promise.all(
    Array.from({ length: Math.ceil(calls / CALLS_A_SESSION) }, () => application.createSession()),
  );
  const headers = { 'x-opentok-auth': application.credential() };
  // Tokens are the application's to make: they do not count.
  const jobs = Array.from({ length: calls }, (_, call) => {
    const session = sessions[Math.floor(call / CALLS_A_SESSION)] as string;
    return { session, token: application.token(session) };
  });
  const dialled: Dialled[] = [];
  const lane = async () => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      const json = { sessionId: job.session, token: job.token, sip: { uri: `sip:x@${phones.host}:${phones.port}` } };
      const answer = await timer.ask({ method: 'POST', path: application.projectPath('dial'), headers, json });
      if (answer.status !== 200) throw new Error(`dial was answered ${answer.status}: ${answer.text}`);
      const { id, connectionId, streamId } = JSON.parse(answer.text) as DialAnswer;
      dialled.push({
        answer,
        resident: { session: job.session, connection: connectionId, stream: streamId, call: id },
      });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return dialled;
}

/** Until so many calls are answered. */
export async function allActive(box: OwnBox, count: number): Promise<void> {
  const active = async () => (await box.calls()).filter(({ state }) => state === 'ACTIVE').length;
  await until(`${count} active calls`, async () => (await active()) === count, {
    limitMs: 30_000,
    everyMs: 100,
    state: active,
  });
}

/** Hangs calls up, a few at a time. @returns how long each request took, milliseconds */
export async function hangUpMany(box: OwnBox, timer: HttpTimer, residents: readonly Resident[]): Promise<number[]> {
  const { application } = box;
  const headers = { 'x-opentok-auth': application.credential() };
  const left = [...residents];
  const took: number[] = [];
  const lane = async () => {
    for (let one = left.pop(); one; one = left.pop()) {
      const path = application.projectPath(`session/${one.session}/connection/${one.connection}`);
      const { status, text, ms } = await timer.ask({ method: 'DELETE', path, headers });
      if (status >= 300) throw new Error(`hanging up was answered ${status}: ${text}`);
      took.push(ms);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return took;
}
