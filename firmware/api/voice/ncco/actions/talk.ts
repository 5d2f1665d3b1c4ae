import { sayOf } from '../../speech.ts';
import { flag, noEffect, number, text, textKey } from '../key.ts';
import { nccoAction } from '../ncco-action.ts';

export const MAX_TEXT = 1500;
const LANGUAGE = /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}$/;

export const language = textKey('which language is spoken', 'a language tag such as "en-GB"', tag =>
  LANGUAGE.test(tag),
);
export const loop = number('how often; 0: until something ends it', { min: 0, max: 1000, usual: 1 });
export const level = number('how loud; 1 is 10 dB more, -1 is 10 dB less', { min: -1, max: 1, usual: 0, whole: false });
export const bargeIn = flag('whether a key silences it, where the next action is an `input` that takes the key', false);

export const talk = nccoAction({
  what: 'Speaks a text to the caller; the next action begins when it was heard out.',
  keys: {
    text: text('what is spoken; SSML is read as its words', MAX_TEXT),
    bargeIn,
    loop,
    level,
    language,
    style: noEffect('which voice of the language: the box has one'),
    premium: noEffect('a better voice'),
    voiceName: text('the former way to name a voice', 64),
  },
  compile({ text: words, bargeIn: barges, loop: loops, level: loud, language: tag, voiceName }, { missing }) {
    if (words === null) return missing('text', 'A talk needs a text');
    const say = sayOf({
      text: words,
      loop: loops,
      level: loud,
      language: tag?.replaceAll('_', '-') ?? null,
      voice: voiceName,
    });
    return { action: say, bargeIn: barges };
  },
});
