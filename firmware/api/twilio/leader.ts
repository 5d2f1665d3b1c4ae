import type { TwilioProject } from '../../config/projects.ts';
import { signedUrl, twilioSignature } from '../../monitoring/webhooks/twilio-signature.ts';
import { callResult } from '../../records/call-result.ts';
import type { ConnectTarget, Continuation, EventTarget, RecordTerms, Script } from '../../scripts/action.ts';
import type { Happening, Leader, ScriptSource, Telling } from '../../scripts/leader.ts';
import type { Outcome, Recorded } from '../../scripts/outcome.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import type { FetchFailureCode, WebDocument, WebFailure, WebRequest, WebTarget } from '../../scripts/web.ts';
import { type CallStatus, callStatus } from './call-status.ts';
import { rfc2822 } from './dates.ts';
import { shownCaller, shownParty } from './party.ts';
import { sidOf } from './sids.ts';
import { compileDocument } from './twiml/compile.ts';

export const API_VERSION = '2010-04-01';

/** What a request for a call, or a number, says of how it is led. */
export interface LeaderSettings {
  readonly first: ScriptSource | null;
  readonly fallback: WebTarget | null;
  /** What becomes of the call. */
  readonly events: EventTarget | null;
  /** The whole call is recorded so; null: it is not. */
  readonly record: RecordTerms | null;
}

export interface LeaderParts {
  readonly project: TwilioProject;
  readonly call: ScriptedCall;
  readonly settings: LeaderSettings;
  /** How applications reach the box, without "/" at its end. */
  readonly publicUrl: string;
}

type Fields = Record<string, string | readonly string[]>;

/** What of the debugger's codes FallbackUrl is told. */
const ERROR_CODES: Readonly<Record<FetchFailureCode, string>> = {
  'script.fetch-refused': '11200',
  'script.fetch-timeout': '11200',
  'script.fetch-status': '11200',
  'script.fetch-redirects': '11200',
  'script.fetch-too-large': '11750',
  'script.not-a-script': '12100',
};

/** The words that statusCallbackEvent has for what happens to a call. */
const CALL_EVENTS = { initiated: 'initiated', ringing: 'ringing', answered: 'answered', ended: 'completed' } as const;

/** One call as Twilio leads it: its webhooks, form or query, and its documents, TwiML (CONTRACT §4.5, §4.6). */
export class TwilioLeader implements Leader {
  readonly apology = { text: 'An application error has occurred. Goodbye.', language: 'en-US' };
  readonly #parts: LeaderParts;
  #sequence = 0;
  #conferenceSequence = 0;
  #ended: { readonly status: CallStatus; readonly seconds: number | null } | null = null;
  /** Of the whole call. */
  #recording: Pick<Recorded, 'id' | 'startedAt'> | null = null;

  constructor(parts: LeaderParts) {
    this.#parts = parts;
  }

  get first(): ScriptSource | null {
    return this.#parts.settings.first;
  }

  get records(): RecordTerms | null {
    return this.#parts.settings.record;
  }

  get fallback(): WebTarget | null {
    return this.#parts.settings.fallback;
  }

  ask({ target }: Continuation, outcome: Outcome, failed: WebFailure | null): WebRequest {
    const fields: Fields = { ...this.#standard(this.#status), ...this.#verbFields(outcome), ...failureFields(failed) };
    const url = new URL(target.url);
    const headers = (signed?: Fields) => ({
      accept: 'text/xml, application/xml, */*',
      'x-twilio-signature': twilioSignature(this.#parts.project.authToken, signedUrl(url), signed),
    });
    const pairs = pairsOf(fields);
    if (target.method === 'GET') {
      for (const [name, value] of pairs) url.searchParams.append(name, value);
      return { url, method: 'GET', headers: headers(), body: null };
    }
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(pairs).toString();
    return { url, method: 'POST', headers: { ...headers(fields), ...type }, body };
  }

  read(document: WebDocument): Script {
    return compileDocument(document);
  }

  happened(happening: Happening): readonly Telling[] {
    switch (happening.kind) {
      case 'initiated':
      case 'ringing':
      case 'answered':
        return this.#tellCall(happening.kind, happening.kind === 'initiated' ? 'initiated' : this.#status, {});
      case 'ended':
        return this.#tellEnd(happening);
      case 'conference':
        return this.#tellConference(happening);
      case 'recording':
        return this.#tellRecording(happening);
      case 'warned':
      case 'document-failed':
      case 'action-failed':
      case 'transferred':
        return [];
    }
  }

  child(target: ConnectTarget, call: ScriptedCall): Leader {
    const { project, publicUrl } = this.#parts;
    const settings: LeaderSettings = {
      first: target.whisper && { kind: 'fetch', target: target.whisper, fallback: null },
      fallback: null,
      events: target.events,
      record: null,
    };
    return new TwilioLeader({ project, call, settings, publicUrl });
  }

  get #status(): CallStatus {
    if (this.#ended) return this.#ended.status;
    const { state } = this.#parts.call.call;
    // A call that came is ringing for its application from the beginning.
    return state === 'DIALING' && this.#isInbound ? 'ringing' : callStatus(state, null);
  }

  get #isInbound(): boolean {
    return this.#parts.call.call.direction === 'inbound';
  }

  #standard(status: CallStatus): Fields {
    const { call, project } = this.#parts;
    const { from, to } = call.call;
    const [caller, called] = [this.#isInbound ? shownParty(from) : shownCaller(from), shownParty(to)];
    return {
      CallSid: sidOf('CA', call.id),
      AccountSid: project.id,
      From: caller,
      To: called,
      Caller: caller,
      Called: called,
      CallStatus: status,
      ApiVersion: API_VERSION,
      Direction: directionOf(this.#isInbound, call.parent !== null),
      ...(call.parent && { ParentCallSid: sidOf('CA', call.parent.id) }),
      ...this.#sipFields(),
    };
  }

  /** Of a call that came by SIP. */
  #sipFields(): Fields {
    const { arrival, call } = this.#parts.call;
    if (!arrival) return {};
    const domain = /@([^;?>]+)/.exec(arrival.requestUri)?.[1] ?? '';
    const headers = call.headers.filter(([name]) => !/^x-twilio-/i.test(name));
    return {
      SipDomain: domain.replace(/:\d+$/, ''),
      SipCallId: arrival.sipCallId,
      SipSourceIp: arrival.source,
      ...(arrival.user !== null && { SipUsername: arrival.user }),
      ...Object.fromEntries(headers.map(([name, value]) => [`SipHeader_${name}`, value])),
    };
  }

  #verbFields(outcome: Outcome): Fields {
    switch (outcome.kind) {
      case 'begun':
      case 'redirected':
      case 'notified':
        return {};
      case 'gathered':
        return {
          Digits: outcome.digits,
          FinishedOnKey: outcome.finishedBy ?? '',
          msg: 'Gather End',
        };
      case 'recorded': {
        const { recorded, endedBy, key } = outcome;
        return { ...this.#recordingFields(recorded), Digits: endedBy === 'hang-up' ? 'hangup' : (key ?? '') };
      }
      case 'left':
        return { DialCallStatus: 'completed', DialCallDuration: whole(outcome.seconds) };
      case 'connected':
        return {
          DialCallStatus: outcome.result,
          DialBridged: String(outcome.result === 'completed'),
          ...(outcome.child !== null && { DialCallSid: sidOf('CA', outcome.child) }),
          ...(outcome.seconds !== null && { DialCallDuration: whole(outcome.seconds) }),
          ...(outcome.sipCallId !== null && { DialSipCallId: outcome.sipCallId }),
          ...(outcome.status !== null && { DialSipResponseCode: String(outcome.status) }),
          ...Object.fromEntries(outcome.headers.map(([name, value]) => [`DialSipHeader_${name}`, value])),
          ...(outcome.recorded && this.#recordingFields(outcome.recorded)),
        };
    }
  }

  lastWords(): readonly Telling[] {
    const isAnswered = this.#parts.call.call.stages.activeAt !== null;
    return this.#tellingsOf('ended', callStatus('HANGUP', isAnswered ? 'dropped' : 'failed'), {});
  }

  #tellCall(what: keyof typeof CALL_EVENTS, status: CallStatus, more: Fields): Telling[] {
    const tellings = this.#tellingsOf(what, status, more);
    this.#sequence += tellings.length;
    return tellings;
  }

  #tellingsOf(what: keyof typeof CALL_EVENTS, status: CallStatus, more: Fields): Telling[] {
    const { events } = this.#parts.settings;
    if (!events || !(events.events ?? ['completed']).includes(CALL_EVENTS[what])) return [];
    const fields = {
      ...this.#standard(status),
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(this.#sequence),
      Timestamp: rfc2822(this.#parts.call.call.clock.now()),
      ...more,
    };
    return [this.#telling(events, fields)];
  }

  #tellEnd({ verdict, seconds }: Extract<Happening, { kind: 'ended' }>): Telling[] {
    const status = callStatus('HANGUP', callResult(verdict, seconds !== null));
    const now = this.#parts.call.call.clock.now();
    this.#ended = { status, seconds };
    const code = Number(verdict.code);
    return this.#tellCall('ended', status, {
      CallDuration: whole(seconds ?? 0),
      Duration: String(Math.ceil((seconds ?? 0) / 60)),
      SipResponseCode: seconds !== null ? '200' : code < 700 ? String(code) : '500',
      ...(this.#recording &&
        this.#recordingFields({ id: this.#recording.id, seconds: (now - this.#recording.startedAt) / 1000 })),
    });
  }

  #tellConference({ what, action, roomId, events }: Extract<Happening, { kind: 'conference' }>): Telling[] {
    if (!events?.events?.includes(what)) return [];
    const isMember = what === 'join' || what === 'leave';
    const fields = {
      ConferenceSid: sidOf('CF', roomId),
      FriendlyName: action.room,
      AccountSid: this.#parts.project.id,
      StatusCallbackEvent: isMember ? `participant-${what}` : `conference-${what}`,
      SequenceNumber: String(this.#conferenceSequence),
      Timestamp: rfc2822(this.#parts.call.call.clock.now()),
      ...(isMember && {
        CallSid: sidOf('CA', this.#parts.call.id),
        Muted: String(!action.canSpeak),
        Hold: 'false',
        StartConferenceOnEnter: String(action.startsOnEnter),
        EndConferenceOnExit: String(action.endsOnExit),
      }),
    };
    this.#conferenceSequence += 1;
    return [this.#telling(events, fields)];
  }

  #tellRecording({ what, terms, source, recorded, id }: Extract<Happening, { kind: 'recording' }>): Telling[] {
    const { events } = terms;
    if (source === 'call' && what === 'started') this.#recording = { id, startedAt: this.#parts.call.call.clock.now() };
    if (source === 'call' && what === 'failed') this.#recording = null;
    const status = { started: 'in-progress', completed: 'completed', failed: 'absent' }[what];
    if (!events || !(events.events ?? ['completed']).includes(status)) return [];
    return [
      this.#telling(events, {
        AccountSid: this.#parts.project.id,
        CallSid: sidOf('CA', this.#parts.call.id),
        RecordingSid: sidOf('RE', id),
        RecordingStatus: status,
        RecordingSource: SOURCES[source],
        RecordingChannels: terms.channels === 'dual' ? '2' : '1',
        RecordingTrack: 'both',
        ...(recorded && {
          ...this.#recordingFields(recorded),
          RecordingStartTime: rfc2822(recorded.startedAt),
        }),
      }),
    ];
  }

  #recordingFields({ id, seconds }: Pick<Recorded, 'id' | 'seconds'>): Fields {
    const { publicUrl, project } = this.#parts;
    const sid = sidOf('RE', id);
    return {
      RecordingSid: sid,
      RecordingUrl: `${publicUrl}/${API_VERSION}/Accounts/${project.id}/Recordings/${sid}`,
      RecordingDuration: whole(seconds),
    };
  }

  #telling({ url, method }: EventTarget, fields: Fields): Telling {
    return { url, method, format: 'form', fields };
  }
}

/** Of recordings, as Twilio calls them. */
export const SOURCES = {
  record: 'RecordVerb',
  connect: 'DialVerb',
  conference: 'Conference',
  call: 'OutboundAPI',
} as const;

export function directionOf(isInbound: boolean, hasParent: boolean): 'inbound' | 'outbound-api' | 'outbound-dial' {
  if (isInbound) return 'inbound';
  return hasParent ? 'outbound-dial' : 'outbound-api';
}

function failureFields(failed: WebFailure | null): Fields {
  return failed ? { ErrorCode: ERROR_CODES[failed.code], ErrorUrl: failed.target.url } : {};
}

function pairsOf(fields: Fields): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));
}

function whole(seconds: number): string {
  return String(Math.round(seconds));
}
