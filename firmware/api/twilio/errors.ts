import { isCrosspointError } from '../../base/errors.ts';
import { answerTo } from '../error-body.ts';

/** A failure as the vendor tells it (CONTRACT §4.4). */
export class TwilioError extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface TwilioErrorBody {
  readonly code: number;
  readonly message: string;
  readonly more_info: string;
  readonly status: number;
}

export const unknownResource = () => new TwilioError(404, 20404, 'The requested resource was not found');

/** Codes of ours by the vendor's, with the status that they have there. */
const codes: readonly [prefix: string, status: number, code: number][] = [
  ['call.bad-uri', 400, 21217],
  ['call.too-many', 429, 20429],
  ['call.not-active', 400, 21220],
  ['policy.', 400, 21215],
  ['trunk.none-for-numbers', 400, 21214],
  ['http.not-ready', 503, 20503],
  ['http.overloaded', 503, 20503],
  ['session.recording-unknown', 404, 20404],
];

/** @returns the status, and what the body says */
export function twilioErrorOf(error: unknown): TwilioErrorBody {
  if (error instanceof TwilioError) return body(error.status, error.code, error.message);
  const { status, body: ours } = answerTo(error);
  const known = isCrosspointError(error) ? codes.find(([prefix]) => error.code.startsWith(prefix)) : undefined;
  if (known) return body(known[1], known[2], ours.message);
  return body(status, 20_000 + status, ours.message);
}

function body(status: number, code: number, message: string): TwilioErrorBody {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
