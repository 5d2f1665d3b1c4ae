import { isCrosspointError } from '../../base/errors.ts';
import type { EventTarget, RecordTerms } from '../../scripts/action.ts';
import type { ScriptSource } from '../../scripts/leader.ts';
import type { PlaceRequest } from '../../scripts/scripts-port.ts';
import type { WebTarget } from '../../scripts/web.ts';
import { TwilioError } from './errors.ts';
import type { Form } from './form.ts';
import { API_VERSION, type LeaderSettings } from './leader.ts';
import { sidOf } from './sids.ts';
import { BadHeader, sipAddress } from './sip-address.ts';
import { compileTwiml } from './twiml/compile.ts';
import { dialledDigits } from './twiml/digits.ts';

/** Those that have no effect here; said once in the log (CONTRACT §4.1). */
export const WITHOUT_EFFECT = [
  'RecordingTrack',
  'Trim',
  'MachineDetectionTimeout',
  'MachineDetectionSpeechThreshold',
  'MachineDetectionSpeechEndThreshold',
  'MachineDetectionSilenceTimeout',
  'AsyncAmd',
  'AsyncAmdStatusCallback',
  'AsyncAmdStatusCallbackMethod',
  'Byoc',
  'CallReason',
  'CallToken',
  'Passports',
  'ClientNotificationUrl',
] as const;

const MAX_TWIML = 4_000;
const MAX_DIGITS = 32;
const CALL_EVENTS = ['initiated', 'ringing', 'answered', 'completed'];
const RECORDING_EVENTS = ['in-progress', 'completed', 'absent'];

export interface NewCall {
  readonly place: PlaceRequest;
  readonly settings: LeaderSettings;
  /** Headers of the address that are not sent. */
  readonly dropped: readonly string[];
}

/**
 * What a form asks for (CONTRACT §4.1, §4.2).
 * @throws TwilioError with the vendor's code
 */
export function newCall(form: Form, account: string): NewCall {
  const to = form.get('To');
  const from = form.get('From') ?? form.get('CallerId');
  if (to === undefined) throw new TwilioError(400, 21201, 'No To number is specified');
  if (from === undefined) throw new TwilioError(400, 21213, 'No From number is specified');
  if (!/^\+?[A-Za-z0-9+\-_.]{1,64}$/.test(from))
    throw new TwilioError(400, 21212, 'From must be a number, or letters, digits, + - _ and .');
  const called = calledBy(to);
  const digits = form.get('SendDigits');
  const sendDigits = digits === undefined ? null : dialledDigits(digits);
  if (digits !== undefined && (sendDigits === null || digits.length > MAX_DIGITS))
    throw new TwilioError(400, 21206, `SendDigits must be at most ${MAX_DIGITS} of 0-9 A-D # * w W`);
  const ringS = form.seconds('Timeout', 600, 21208) ?? 60;
  const limitS = form.seconds('TimeLimit', 86_400, 21208) ?? 14_400;
  return {
    place: {
      to: called.to,
      from,
      headers: called.headers,
      ownHeaders: id => [
        ['X-Twilio-ApiVersion', API_VERSION],
        ['X-Twilio-AccountSid', account],
        ['X-Twilio-CallSid', sidOf('CA', id)],
      ],
      auth: authOf(form),
      secure: called.secure,
      ringMs: ringS * 1000,
      limitMs: limitS * 1000,
      sendDigits,
    },
    settings: {
      first: sourceOf(form),
      fallback: fallbackOf(form),
      events: eventsOf(form),
      record: recordOf(form),
    },
    dropped: called.dropped,
  };
}

/** What an update of a call leads it to; null: nothing is said of that. @throws TwilioError */
export function newSource(form: Form): ScriptSource | null {
  return form.get('Url') === undefined && form.get('Twiml') === undefined ? null : sourceOf(form);
}

function calledBy(
  to: string,
): Pick<PlaceRequest, 'to' | 'headers' | 'secure'> & { readonly dropped: readonly string[] } {
  if (/^sips?:/i.test(to)) {
    try {
      const { uri, ...rest } = sipAddress(to);
      return { to: { kind: 'sip', uri }, ...rest };
    } catch (error) {
      if (error instanceof BadHeader) throw new TwilioError(400, error.vendorCode, error.message);
      if (isCrosspointError(error)) throw new TwilioError(400, 21217, error.message);
      throw error;
    }
  }
  if (!/^\+?[0-9 ().-]{3,40}$/.test(to)) throw new TwilioError(400, 21211, 'To must be a number, or sip:user@host');
  return { to: { kind: 'number', number: to.replaceAll(/[ ().-]/g, '') }, headers: [], secure: false, dropped: [] };
}

function sourceOf(form: Form): ScriptSource {
  const url = form.url('Url', 21205);
  if (url !== undefined)
    return { kind: 'fetch', target: { url, method: form.method('Method') }, fallback: fallbackOf(form) };
  const twiml = form.get('Twiml');
  if (twiml !== undefined) {
    if (twiml.length > MAX_TWIML) throw new TwilioError(400, 21205, `Twiml is longer than ${MAX_TWIML} characters`);
    try {
      return { kind: 'script', script: compileTwiml(twiml, null) };
    } catch (error) {
      if (isCrosspointError(error)) throw new TwilioError(400, 12100, error.message);
      throw error;
    }
  }
  if (form.get('ApplicationSid') !== undefined)
    throw new TwilioError(400, 21218, 'There is no such application: the box knows numbers, and Url or Twiml');
  throw new TwilioError(400, 21205, 'Url, Twiml or ApplicationSid must be given');
}

function fallbackOf(form: Form): WebTarget | null {
  const url = form.url('FallbackUrl', 21205);
  return url === undefined ? null : { url, method: form.method('FallbackMethod') };
}

function eventsOf(form: Form): EventTarget | null {
  const url = form.url('StatusCallback', 21609);
  const wished = form.all('StatusCallbackEvent');
  const unknown = wished.find(event => !CALL_EVENTS.includes(event));
  if (unknown !== undefined)
    throw new TwilioError(400, 21626, `StatusCallbackEvent must be of ${CALL_EVENTS.join(', ')}`);
  if (url === undefined) return null;
  return { url, method: form.method('StatusCallbackMethod'), events: wished.length > 0 ? wished : ['completed'] };
}

function recordOf(form: Form): RecordTerms | null {
  const url = form.url('RecordingStatusCallback', 21609);
  const wished = form.all('RecordingStatusCallbackEvent');
  if (wished.some(event => !RECORDING_EVENTS.includes(event)))
    throw new TwilioError(400, 21626, `RecordingStatusCallbackEvent must be of ${RECORDING_EVENTS.join(', ')}`);
  const channels = form.get('RecordingChannels') ?? 'mono';
  if (channels !== 'mono' && channels !== 'dual')
    throw new TwilioError(400, 21200, 'RecordingChannels must be mono or dual');
  const method = form.method('RecordingStatusCallbackMethod');
  if (form.get('Record') !== 'true') return null;
  return {
    format: 'wav',
    channels,
    events: url === undefined ? null : { url, method, events: wished.length > 0 ? wished : ['completed'] },
  };
}

/** RFC 3261 §25.1: what a quoted string can carry. */
const LOGIN = /^[^\p{Cc}"\\]*$/u;

function authOf(form: Form): PlaceRequest['auth'] {
  const username = form.get('SipAuthUsername');
  const password = form.get('SipAuthPassword');
  if (username !== undefined && username.length > 255)
    throw new TwilioError(400, 21221, 'SipAuthUsername is longer than 255 characters');
  if (username !== undefined && !LOGIN.test(username))
    throw new TwilioError(400, 21222, 'SipAuthUsername has characters that cannot be sent');
  if (password !== undefined && password.length > 255)
    throw new TwilioError(400, 21223, 'SipAuthPassword is longer than 255 characters');
  if (password !== undefined && !LOGIN.test(password))
    throw new TwilioError(400, 21224, 'SipAuthPassword has characters that cannot be sent');
  if (username !== undefined && password === undefined)
    throw new TwilioError(400, 21225, 'SipAuthUsername needs SipAuthPassword');
  return username === undefined || password === undefined ? undefined : { username, password };
}
