import { flag, type Key, notSupported, targetOf, text, url, webMethod } from '../key.ts';
import { nccoAction } from '../ncco-action.ts';

/** CONTRACT §3.4. */
const MAX_MEMBERS = 50;

/** A list of calls; the box knows nobody and everybody. */
function everybodyOrNobody(what: string): Key<boolean> {
  return {
    what,
    values: 'an empty list: nobody',
    usual: true,
    usually: 'everybody',
    support: 'works',
    read(value, place, warn) {
      if (!Array.isArray(value)) return undefined;
      if (value.length > 0) warn('not-supported', place, 'Single calls cannot be chosen: it is everybody');
      return value.length > 0;
    },
  };
}

export const conversation = nccoAction({
  what: 'Puts the call into the conversation of that name, where it stays until it leaves: callers with one name meet. A session of the same tenant (CONTRACT §3.5) has its id as its name, so that phones and browsers hear each other.',
  keys: {
    name: text('which', 256),
    startOnEnter: flag('false: it waits until somebody comes for whom this is true', true),
    endOnExit: flag('true: when it leaves, everybody leaves', false),
    musicOnHoldUrl: url('what is heard by who waits, again and again'),
    record: flag('records what is said, as one WAV file, and tells where it is', false),
    eventUrl: url("where that is told; default: the call's event URL"),
    eventMethod: webMethod('how'),
    canSpeak: everybodyOrNobody('by whom it is heard'),
    canHear: everybodyOrNobody('whom it hears'),
    mute: flag('true: nobody hears it', false),
    transcription: notSupported('a transcription'),
  },
  compile(values, { context, place, warn }) {
    const { name, startOnEnter, endOnExit, musicOnHoldUrl, canSpeak, canHear, mute } = values;
    if (name === null) {
      // CONTRACT §3.5: the application is told, and the call ends.
      warn('bad-value', `${place}.name`, 'A conversation needs a name: the call ends there');
      return { action: { kind: 'hang-up' } };
    }
    const events = targetOf(values.eventUrl, values.eventMethod, context.events);
    return {
      action: {
        kind: 'conference',
        room: name,
        canSpeak: canSpeak && !mute,
        canHear,
        startsOnEnter: startOnEnter,
        endsOnExit: endOnExit,
        wait: musicOnHoldUrl === null ? null : { urls: [musicOnHoldUrl] },
        beep: null,
        maxMembers: MAX_MEMBERS,
        record: values.record ? { format: 'wav', channels: 'mono', events } : null,
        limitMs: null,
        leavesOnStar: false,
        events: null,
        next: null,
      },
    };
  },
});
