/*
 * What of TwiML is understood, verb by verb and attribute by attribute (CONTRACT §4.6). The compiler reads documents by
 * these tables, and docs/twiml.md is made of them.
 */

/** How an attribute's value is read. */
export type AttributeKind =
  | { readonly kind: 'text'; readonly maxLength?: number }
  | { readonly kind: 'whole'; readonly min: number; readonly max: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'url' }
  | { readonly kind: 'method' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'events'; readonly of: readonly string[] };

export interface AttributeRule {
  readonly value: AttributeKind;
  /** In words; absent: none. */
  readonly standard?: string;
  readonly says: string;
}

export interface VerbRule {
  readonly says: string;
  readonly attributes: Readonly<Record<string, AttributeRule>>;
  /** Accepted and without effect. */
  readonly ignored: readonly string[];
  /** Elements that may stand in it. */
  readonly holds: readonly string[];
  /** What its text is; absent: it has none. */
  readonly text?: string;
}

const text = (says: string, maxLength = 1024): AttributeRule => ({ value: { kind: 'text', maxLength }, says });
const whole = (min: number, max: number, standard: number | string, says: string): AttributeRule => ({
  value: { kind: 'whole', min, max },
  standard: String(standard),
  says,
});
const flag = (standard: boolean, says: string): AttributeRule => ({
  value: { kind: 'flag' },
  standard: String(standard),
  says,
});
const choice = (of: readonly string[], standard: string, says: string): AttributeRule => ({
  value: { kind: 'choice', of },
  standard,
  says,
});
const url = (says: string): AttributeRule => ({ value: { kind: 'url' }, says });
const method = (of: string): AttributeRule => ({
  value: { kind: 'method' },
  standard: 'POST',
  says: `how ${of} is asked`,
});
const keys = (standard: string, says: string): AttributeRule => ({ value: { kind: 'keys' }, standard, says });
const events = (of: readonly string[], standard: string, says: string): AttributeRule => ({
  value: { kind: 'events', of },
  standard,
  says,
});

const callEvents = ['initiated', 'ringing', 'answered', 'completed'] as const;
const conferenceEvents = [
  'start',
  'end',
  'join',
  'leave',
  'mute',
  'hold',
  'modify',
  'speaker',
  'announcement',
] as const;
const recordings = [
  'do-not-record',
  'record-from-answer',
  'record-from-ringing',
  'record-from-answer-dual',
  'record-from-ringing-dual',
  'true',
  'false',
] as const;

const recordingCallback = {
  recordingStatusCallback: url('told when the recording is there'),
  recordingStatusCallbackMethod: method('recordingStatusCallback'),
  recordingStatusCallbackEvent: events(
    ['in-progress', 'completed', 'absent'],
    'completed',
    'of what recordingStatusCallback is told',
  ),
} as const;

const targetCallback = {
  url: url('TwiML that the called hears before the two are joined'),
  method: method('url'),
  statusCallback: url('told what becomes of this call'),
  statusCallbackMethod: method('statusCallback'),
  statusCallbackEvent: events(callEvents, 'completed', 'of what statusCallback is told'),
} as const;

export const verbs = {
  Say: {
    says: 'Says a text.',
    text: 'what is said',
    attributes: {
      voice: text('man, woman, alice, or a Polly or Google voice: of that sex, as far as it is known'),
      language: { value: { kind: 'text', maxLength: 35 }, standard: 'of the box', says: 'such as en-GB' },
      loop: whole(0, 1000, 1, 'how often; 0: until the call ends'),
    },
    ignored: [],
    holds: [],
  },
  Play: {
    says: 'Plays a sound, or sends digits.',
    text: 'URL of the sound: WAV, MP3, Ogg',
    attributes: {
      digits: text('sent instead of a sound: 0-9 A-D * # and w for half a second', 128),
      loop: whole(0, 1000, 1, 'how often; 0: until the call ends'),
    },
    ignored: [],
    holds: [],
  },
  Pause: {
    says: 'Waits; as the first verb before the call is answered.',
    attributes: { length: whole(1, 21_600, 1, 'seconds') },
    ignored: [],
    holds: [],
  },
  Gather: {
    says: 'Collects keys while what is in it is heard, and after; with none the next verb follows.',
    attributes: {
      action: { ...url('asked with Digits; its answer takes over'), standard: 'the address of this document' },
      method: method('action'),
      input: choice(['dtmf'], 'dtmf', 'speech is not recognised'),
      numDigits: { value: { kind: 'whole', min: 1, max: 128 }, standard: 'any number', says: 'how many keys end it' },
      finishOnKey: keys('#', 'ends it and is no part of Digits; empty: none'),
      timeout: whole(1, 600, 5, 'seconds without a key that end it'),
      actionOnEmptyResult: flag(false, 'ask action with no key, too'),
    },
    ignored: [
      'speechTimeout',
      'maxSpeechTime',
      'speechModel',
      'hints',
      'language',
      'profanityFilter',
      'enhanced',
      'bargeIn',
      'partialResultCallback',
      'partialResultCallbackMethod',
      'debug',
      'dtmfDetection',
    ],
    holds: ['Say', 'Play', 'Pause'],
  },
  Redirect: {
    says: 'Goes on with another document.',
    text: 'its URL; empty: this one',
    attributes: { method: method('it') },
    ignored: [],
    holds: [],
  },
  Reject: {
    says: 'Refuses a call that is not answered yet.',
    attributes: { reason: choice(['rejected', 'busy'], 'rejected', 'busy: 486, rejected: 603') },
    ignored: [],
    holds: [],
  },
  Hangup: { says: 'Ends the call.', attributes: {}, ignored: [], holds: [] },
  Dial: {
    says: 'Connects the call; several Number and Sip ring at once.',
    text: 'a number, in place of Number',
    attributes: {
      action: url('asked when the other side is gone; its answer takes over'),
      method: method('action'),
      timeout: whole(1, 600, 30, 'seconds of ringing'),
      timeLimit: whole(1, 86_400, 14_400, 'seconds of talking'),
      callerId: { ...text('as whom it calls', 255), standard: 'who called' },
      hangupOnStar: flag(false, 'whether the caller’s * ends it'),
      record: choice(recordings, 'do-not-record', 'record the two, in one channel or in two'),
      answerOnBridge: flag(false, 'whether the caller is answered only with the called'),
      ringTone: {
        value: { kind: 'text', maxLength: 16 },
        standard: 'the usual one',
        says: 'accepted: the tone is the box’s',
      },
      ...recordingCallback,
    },
    ignored: ['trim', 'recordingTrack', 'sequential', 'referUrl', 'referMethod', 'events'],
    holds: ['Number', 'Sip', 'Conference'],
  },
  Number: {
    says: 'Within Dial: a telephone number, called over the trunk of numbersVia.',
    text: 'the number, E.164',
    attributes: { sendDigits: text('keys that are pressed when it is answered', 32), ...targetCallback },
    ignored: ['byoc', 'machineDetection', 'amdStatusCallback', 'amdStatusCallbackMethod'],
    holds: [],
  },
  Sip: {
    says: 'Within Dial: a SIP address, with headers as sip:user@host?X-Name=value.',
    text: 'the URI',
    attributes: { username: text('login', 255), password: text('and its password', 255), ...targetCallback },
    ignored: ['machineDetection', 'amdStatusCallback', 'amdStatusCallbackMethod'],
    holds: [],
  },
  Conference: {
    says: 'Within Dial: a room by name, of this account; a session of the same tenant by its id.',
    text: 'its name',
    attributes: {
      muted: flag(false, 'hears, and is not heard'),
      startConferenceOnEnter: flag(true, 'false: waits until somebody comes for whom it is true'),
      endConferenceOnExit: flag(false, 'its leaving is the end for all'),
      beep: choice(['true', 'false', 'onEnter', 'onExit'], 'true', 'a tone when it comes or goes'),
      waitUrl: { ...url('a sound, heard while it waits or is alone; empty: silence'), standard: 'the hold tone' },
      waitMethod: method('waitUrl'),
      maxParticipants: whole(2, 250, 250, 'how many'),
      record: choice(['do-not-record', 'record-from-start'], 'do-not-record', 'record the room'),
      statusCallback: url('told of the room'),
      statusCallbackMethod: method('statusCallback'),
      statusCallbackEvent: events(
        conferenceEvents,
        'start end',
        'of what statusCallback is told: start, end, join, leave',
      ),
      ...recordingCallback,
    },
    ignored: ['coach', 'region', 'trim', 'participantLabel', 'jitterBufferSize', 'eventCallbackUrl'],
    holds: [],
  },
  Record: {
    says: 'Records what the caller says.',
    attributes: {
      action: { ...url('asked with RecordingUrl; its answer takes over'), standard: 'the address of this document' },
      method: method('action'),
      timeout: whole(1, 600, 5, 'seconds of silence that end it'),
      finishOnKey: keys('1234567890*#', 'a key that ends it'),
      maxLength: whole(1, 21_600, 3_600, 'seconds'),
      playBeep: flag(true, 'a tone before'),
      ...recordingCallback,
    },
    ignored: ['transcribe', 'transcribeCallback', 'trim', 'recordingTrack'],
    holds: [],
  },
} as const satisfies Record<string, VerbRule>;

export type VerbName = keyof typeof verbs;

export function ruleOf(name: string): VerbRule | null {
  return Object.hasOwn(verbs, name) ? verbs[name as VerbName] : null;
}
