import { choice, flag, type Key, notSupported, number, targetOf, textKey, url, webMethod } from '../key.ts';
import { nccoAction } from '../ncco-action.ts';

/** CONTRACT §3.4. */
const LONGEST_S = 7200;

const format: Key<'wav' | 'ogg'> = {
  ...choice('of the file; mp3 becomes wav', ['wav', 'ogg', 'mp3'], 'wav'),
  usual: 'wav',
  read(value, place, warn) {
    if (value === 'mp3') warn('not-supported', place, 'MP3 is not written: the recording is a WAV file');
    return value === 'ogg' ? 'ogg' : value === 'wav' || value === 'mp3' ? 'wav' : undefined;
  },
};

export const record = nccoAction({
  what: 'Records the call. With endOnSilence, endOnKey or timeOut the next action begins when that ends it; without, at once, and the recording lasts as long as the call.',
  keys: {
    format,
    split: choice(
      'conversation: what the far end says in one channel, what it hears in the other',
      ['conversation'],
      null,
    ),
    channels: number('more than 1 is as `split`', { min: 1, max: 32, usual: 1 }),
    endOnSilence: number('seconds of silence that end it', { min: 3, max: 10, usual: null }),
    endOnKey: textKey('the key that ends it', 'a digit, "*" or "#"', key => /^[0-9*#]$/.test(key)),
    timeOut: number('after so many seconds it ends', { min: 3, max: LONGEST_S, usual: null }),
    beepStart: flag('whether a tone is heard when it begins', false),
    eventUrl: url("where its end is told, with a link to the file; default: the call's event URL"),
    eventMethod: webMethod('how'),
    transcription: notSupported('a transcription'),
  },
  compile(values, { context }) {
    const { endOnSilence, endOnKey, timeOut } = values;
    const inBackground = endOnSilence === null && endOnKey === null && timeOut === null;
    return {
      action: {
        kind: 'record',
        terms: {
          format: values.format,
          channels: values.split !== null || values.channels > 1 ? 'dual' : 'mono',
          events: targetOf(values.eventUrl, values.eventMethod, context.events),
        },
        maxMs: (timeOut ?? LONGEST_S) * 1000,
        silenceMs: endOnSilence === null ? null : endOnSilence * 1000,
        finishKeys: endOnKey ?? '',
        beep: values.beepStart,
        inBackground,
        next: null,
      },
    };
  },
});
