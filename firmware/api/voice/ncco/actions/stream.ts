import { levelDb } from '../../speech.ts';
import { url } from '../key.ts';
import { nccoAction } from '../ncco-action.ts';
import { bargeIn, level, loop } from './talk.ts';

export const stream = nccoAction({
  what: 'Plays a sound file to the caller; the next action begins when it was heard out.',
  keys: { streamUrl: url('where the file is: WAV or MP3'), bargeIn, loop, level },
  compile({ streamUrl, bargeIn: barges, loop: loops, level: loud }, { missing }) {
    if (streamUrl === null) return missing('streamUrl', 'A stream needs the URL of a sound');
    return {
      action: { kind: 'play', what: { url: streamUrl }, loops, levelDb: levelDb(loud) },
      bargeIn: barges,
    };
  },
});
