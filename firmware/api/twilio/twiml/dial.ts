import { isCrosspointError } from '../../../base/errors.ts';
import type { Action, Conference, Connect, ConnectTarget, EventTarget } from '../../../scripts/action.ts';
import { sipAddress } from '../sip-address.ts';
import { Attributes, type Reading } from './attributes.ts';
import { dialledDigits } from './digits.ts';
import { placesOf } from './places.ts';
import { wantedRecording } from './record-terms.ts';
import { ruleOf, verbs } from './verbs.ts';
import type { XmlElement } from './xml-tree.ts';

const RINGING = { kind: 'play', what: { tone: 'ring-back' }, loops: 0, levelDb: 0 } as const;

/** Dial: a conference, or whoever answers first. */
export function dialAction(
  element: XmlElement,
  attributes: Attributes,
  place: string,
  reading: Reading,
): Action | null {
  const nouns = placesOf(element, place).flatMap(([child, at]): [XmlElement, Attributes][] => {
    const rule = (verbs.Dial.holds as readonly string[]).includes(child.name) ? ruleOf(child.name) : null;
    if (rule) return [[child, new Attributes(child, rule, at, reading)]];
    reading.warn({ code: 'unknown-verb', place: at, message: `${child.name.slice(0, 40)} cannot be dialled here` });
    return [];
  });
  const conference = nouns.find(([{ name }]) => name === 'Conference');
  if (conference) {
    if (nouns.length > 1) attributes.warn('', 'bad-value', 'beside Conference nobody else is dialled');
    return conferenceOf(conference[0], conference[1], attributes);
  }
  const own = element.text.trim();
  const bare = own === '' ? [] : [numberTarget(own, null)];
  const targets = [...bare, ...nouns.map(([noun, its]) => targetOf(noun, its))].flatMap(target => target ?? []);
  if (targets.length === 0) {
    attributes.warn('', 'bad-value', 'Dial has nobody to call');
    return null;
  }
  return connect(targets, attributes);
}

function connect(targets: readonly ConnectTarget[], attributes: Attributes): Connect {
  const target = attributes.target('action', 'method');
  const answersWithTarget = attributes.flag('answerOnBridge');
  attributes.text('ringTone');
  return {
    kind: 'connect',
    targets,
    from: attributes.text('callerId'),
    ringMs: (attributes.whole('timeout') ?? 30) * 1000,
    limitMs: (attributes.whole('timeLimit') ?? 14_400) * 1000,
    ringback: RINGING,
    answersWithTarget,
    endsOnStar: attributes.flag('hangupOnStar'),
    record: wantedRecording(attributes),
    next: target && { target, form: 'dial' },
  };
}

function targetOf(noun: XmlElement, attributes: Attributes): ConnectTarget | null {
  const text = noun.text.trim();
  if (noun.name === 'Number') {
    if (/^\+?[0-9 ().-]{2,40}$/.test(text)) return numberTarget(text, attributes);
    attributes.warn('text()', 'bad-value', 'Number must be a telephone number');
    return null;
  }
  try {
    const { uri, headers, secure, dropped } = sipAddress(text);
    for (const name of dropped)
      attributes.warn('text()', 'not-supported', `the header ${name.slice(0, 40)} is not sent`);
    const username = attributes.text('username');
    const password = attributes.text('password');
    const auth = username === null || password === null ? undefined : { username, password };
    return { ...common(attributes), to: { kind: 'sip', uri }, headers, secure, auth };
  } catch (error) {
    if (!isCrosspointError(error)) throw error;
    attributes.warn('text()', 'bad-value', error.message);
    return null;
  }
}

function numberTarget(text: string, attributes: Attributes | null): ConnectTarget {
  const number = text.replaceAll(/[ ().-]/g, '');
  const parts = attributes ? common(attributes) : NOTHING_MORE;
  return { ...parts, to: { kind: 'number', number }, headers: [], auth: undefined, secure: false };
}

const NOTHING_MORE = { sendDigits: null, whisper: null, events: null } as const;

function common(attributes: Attributes): Pick<ConnectTarget, 'sendDigits' | 'whisper' | 'events'> {
  const target = attributes.target('statusCallback', 'statusCallbackMethod');
  const events: EventTarget | null = target && { ...target, events: attributes.events('statusCallbackEvent') };
  const digits = attributes.has('sendDigits') ? attributes.text('sendDigits') : null;
  const sendDigits = digits === null ? null : dialledDigits(digits);
  if (digits !== null && sendDigits === null)
    attributes.warn('@sendDigits', 'bad-value', 'sendDigits must be of 0-9 A-D * # w W');
  return { sendDigits, whisper: attributes.target('url', 'method'), events };
}

function conferenceOf(noun: XmlElement, its: Attributes, dial: Attributes): Conference | null {
  const room = noun.text.trim();
  if (room === '' || room.length > 256) {
    its.warn('text()', 'bad-value', 'Conference must have a name of 1 to 256 characters');
    return null;
  }
  const target = dial.target('action', 'method');
  const events = its.target('statusCallback', 'statusCallbackMethod');
  const beeps = its.choice('beep');
  return {
    kind: 'conference',
    room,
    canSpeak: !its.flag('muted'),
    canHear: true,
    startsOnEnter: its.flag('startConferenceOnEnter'),
    endsOnExit: its.flag('endConferenceOnExit'),
    wait: waitOf(its),
    beep: beeps === 'true' ? 'both' : beeps === 'onEnter' ? 'enter' : beeps === 'onExit' ? 'exit' : null,
    maxMembers: its.whole('maxParticipants') ?? 250,
    record: wantedRecording(its),
    limitMs: (dial.whole('timeLimit') ?? 14_400) * 1000,
    leavesOnStar: dial.flag('hangupOnStar'),
    events: events && { ...events, events: its.events('statusCallbackEvent') },
    next: target && { target, form: 'dial' },
  };
}

function waitOf(its: Attributes): Conference['wait'] {
  if (!its.has('waitUrl')) return { tone: 'hold' };
  its.method('waitMethod');
  const url = its.url('waitUrl');
  return url === null ? null : { urls: [url] };
}
