import { CrosspointError } from '../../../base/errors.ts';
import type { Action, Gather, PlaySound, Prompt, Script, ScriptWarning } from '../../../scripts/action.ts';
import type { WebDocument } from '../../../scripts/web.ts';
import { Attributes, type Reading } from './attributes.ts';
import { dialAction } from './dial.ts';
import { dialledDigits } from './digits.ts';
import { placesOf } from './places.ts';
import { recordTermsOf } from './record-terms.ts';
import { ruleOf, verbs } from './verbs.ts';
import { languageOfVoice, voiceOf } from './voices.ts';
import { type XmlElement, xmlTree } from './xml-tree.ts';

const TYPES = ['', 'text/xml', 'application/xml', 'text/html', 'application/xhtml+xml'];
const MAX_SAY = 4_096;
/** A document of nothing but mistakes. */
const MAX_WARNINGS = 100;

/**
 * Reads a document that was fetched.
 * @throws CrosspointError script.not-a-script
 */
export function compileDocument({ url, contentType, text }: WebDocument): Script {
  if (!TYPES.includes(contentType))
    throw new CrosspointError('script.not-a-script', `The document is no TwiML: it is ${contentType.slice(0, 80)}`);
  return compileTwiml(text, url);
}

/**
 * @param base its address; null: it came with a request
 * @throws CrosspointError script.not-a-script
 */
export function compileTwiml(text: string, base: URL | null): Script {
  const root = xmlTree(text);
  if (root.name !== 'Response')
    throw new CrosspointError(
      'script.not-a-script',
      `The document is no TwiML: it begins with <${root.name.slice(0, 40)}>`,
    );
  const warnings: ScriptWarning[] = [];
  const reading: Reading = {
    base,
    warn: warning => {
      if (warnings.length < MAX_WARNINGS) warnings.push(warning);
    },
  };
  const actions = placesOf(root, '/Response').flatMap(([element, place]) => actionOf(element, place, reading) ?? []);
  return { actions, warnings };
}

function actionOf(element: XmlElement, place: string, reading: Reading): Action | null {
  const rule = ruleOf(element.name);
  if (!rule) {
    reading.warn({ code: 'unknown-verb', place, message: `${element.name.slice(0, 40)} is not known here` });
    return null;
  }
  const attributes = new Attributes(element, rule, place, reading);
  switch (element.name as keyof typeof verbs) {
    case 'Say':
      return say(element, attributes);
    case 'Play':
      return play(element, attributes);
    case 'Pause':
      return { kind: 'pause', ms: (attributes.whole('length') ?? 1) * 1000 };
    case 'Gather':
      return gather(element, attributes, place, reading);
    case 'Redirect':
      return redirect(element, attributes, reading);
    case 'Reject':
      return { kind: 'reject', as: attributes.choice('reason') === 'busy' ? 'busy' : 'rejected' };
    case 'Hangup':
      return { kind: 'hang-up' };
    case 'Dial':
      return dialAction(element, attributes, place, reading);
    case 'Record':
      return record(attributes, reading);
    case 'Number':
    case 'Sip':
    case 'Conference':
      attributes.warn('', 'unknown-verb', `${element.name} belongs into Dial`);
      return null;
  }
}

function say(element: XmlElement, attributes: Attributes): Prompt | null {
  const text = element.text.trim();
  if (element.children.length > 0) attributes.warn('', 'not-supported', 'what is marked up in Say is not said');
  if (text === '') {
    attributes.warn('', 'bad-value', 'Say has no text');
    return null;
  }
  if (text.length > MAX_SAY) attributes.warn('', 'too-long', `of the text ${MAX_SAY} characters are said`);
  const voice = attributes.text('voice');
  return {
    kind: 'say',
    text: text.slice(0, MAX_SAY),
    language: attributes.text('language') ?? languageOfVoice(voice),
    voice: voiceOf(voice),
    loops: attributes.whole('loop') ?? 1,
    levelDb: 0,
  };
}

function play(element: XmlElement, attributes: Attributes): PlaySound | null {
  const loops = attributes.whole('loop') ?? 1;
  const digits = attributes.text('digits');
  if (digits !== null) {
    const sent = dialledDigits(digits);
    if (sent === null) {
      attributes.warn('@digits', 'bad-value', 'digits must be of 0-9 A-D * # w W');
      return null;
    }
    return { kind: 'play', what: { digits: sent }, loops: 1, levelDb: 0 };
  }
  const text = element.text.trim();
  if (text === '') {
    attributes.warn('', 'bad-value', 'Play has no URL');
    return null;
  }
  const url = attributes.address(text, 'text()');
  return url === null ? null : { kind: 'play', what: { url }, loops, levelDb: 0 };
}

function gather(element: XmlElement, attributes: Attributes, place: string, reading: Reading): Gather {
  const prompts = placesOf(element, place).flatMap(([child, at]): Prompt[] => {
    const action = (verbs.Gather.holds as readonly string[]).includes(child.name) ? actionOf(child, at, reading) : null;
    if (action?.kind === 'say' || action?.kind === 'play' || action?.kind === 'pause') return [action];
    if (!action && !ruleOf(child.name))
      reading.warn({ code: 'unknown-verb', place: at, message: `${child.name.slice(0, 40)} is not known here` });
    else if (!action && !(verbs.Gather.holds as readonly string[]).includes(child.name))
      reading.warn({ code: 'unknown-verb', place: at, message: `${child.name} cannot stand in Gather` });
    return [];
  });
  const seconds = attributes.whole('timeout') ?? 5;
  attributes.choice('input');
  const target = attributes.target('action', 'method') ?? own(reading, attributes);
  return {
    kind: 'gather',
    prompts,
    firstDigitMs: seconds * 1000,
    interDigitMs: seconds * 1000,
    finishKeys: attributes.keys('finishOnKey'),
    maxDigits: attributes.whole('numDigits'),
    next: target && { target, form: 'gather' },
    tellsNothing: attributes.flag('actionOnEmptyResult'),
  };
}

function record(attributes: Attributes, reading: Reading): Action {
  const target = attributes.target('action', 'method') ?? own(reading, attributes);
  return {
    kind: 'record',
    terms: recordTermsOf(attributes, 'mono'),
    maxMs: (attributes.whole('maxLength') ?? 3_600) * 1000,
    silenceMs: (attributes.whole('timeout') ?? 5) * 1000,
    finishKeys: attributes.keys('finishOnKey'),
    beep: attributes.flag('playBeep'),
    inBackground: false,
    next: target && { target, form: 'record' },
  };
}

function redirect(element: XmlElement, attributes: Attributes, reading: Reading): Action | null {
  const text = element.text.trim();
  const url = text === '' ? (reading.base?.href ?? null) : attributes.address(text, 'text()');
  if (url === null) {
    if (text === '') attributes.warn('', 'bad-value', 'Redirect has no URL');
    return null;
  }
  return { kind: 'redirect', target: { url, method: attributes.method('method') } };
}

/** Where nothing is said the document itself is asked again. */
function own({ base }: Reading, attributes: Attributes) {
  return base && { url: base.href, method: attributes.method('method') };
}
