import type { Gather } from '../../../../scripts/action.ts';
import type { Form } from '../compiled.ts';
import { choice, flag, type Key, notSupported, number, object, targetOf, url, webMethod } from '../key.ts';
import { NOTHING, nccoAction } from '../ncco-action.ts';

/** The same in both forms. */
const dtmf = {
  timeOut: number('seconds after the last key, or after what was played before', { min: 0, max: 10, usual: 3 }),
  maxDigits: number('with that many keys it ends', { min: 1, max: 20, usual: 4 }),
  submitOnHash: flag('whether the key # ends it, and is no part of what was pressed', false),
};

const types: Key<readonly string[] | null> = {
  what: 'what is listened to; without it the action has its legacy form',
  values: 'a list of "dtmf" and "speech"',
  usual: null,
  support: 'works',
  read(value) {
    const given = typeof value === 'string' ? [value] : value;
    if (!Array.isArray(given) || given.length === 0 || given.length > 2) return undefined;
    return given.every(each => each === 'dtmf' || each === 'speech') ? given : undefined;
  },
};

/** CONTRACT §3.4: without `type` the keys stand in the action itself, and the webhook has `dtmf` as a text. */
export const input = nccoAction({
  what: 'Collects keys that the caller presses, and tells them; an NCCO in the answer takes the place of the rest.',
  keys: {
    type: types,
    dtmf: object('with `type`', dtmf),
    timeOut: { ...dtmf.timeOut, what: `without \`type\`: ${dtmf.timeOut.what}` },
    maxDigits: { ...dtmf.maxDigits, what: `without \`type\`: ${dtmf.maxDigits.what}` },
    submitOnHash: { ...dtmf.submitOnHash, what: `without \`type\`: ${dtmf.submitOnHash.what}` },
    speech: notSupported('speech recognition'),
    eventUrl: url("where it is told; default: the call's event URL"),
    eventMethod: webMethod('how'),
    mode: choice(
      'asynchronous: the next action begins at once, and every key is told when it is pressed',
      ['synchronous', 'asynchronous'],
      'synchronous',
    ),
  },
  compile(values, { context, place, warn }) {
    const { type, eventUrl, eventMethod, mode } = values;
    const target = targetOf(eventUrl, eventMethod, context.events);
    if (type?.includes('speech') && !type.includes('dtmf')) {
      warn('not-supported', `${place}.type`, 'Speech recognition is not supported: nothing is listened to');
      return NOTHING;
    }
    if (type?.includes('speech'))
      warn('not-supported', `${place}.type`, 'Speech recognition is not supported: keys are');
    if (mode === 'asynchronous') return { action: null, keysTo: target };
    const form: Form = type === null ? 'input-legacy' : 'input';
    const { timeOut, maxDigits, submitOnHash } = (type === null ? values : values.dtmf) ?? {
      timeOut: dtmf.timeOut.usual,
      maxDigits: dtmf.maxDigits.usual,
      submitOnHash: dtmf.submitOnHash.usual,
    };
    const gather: Gather = {
      kind: 'gather',
      prompts: [],
      firstDigitMs: timeOut * 1000,
      interDigitMs: timeOut * 1000,
      finishKeys: submitOnHash ? '#' : '',
      maxDigits,
      next: target && { target, form },
      tellsNothing: true,
    };
    return { action: gather };
  },
});
