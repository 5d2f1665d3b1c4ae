import type { ConnectTarget } from '../../../../scripts/action.ts';
import { EndpointError, endpointOf } from '../../endpoint.ts';
import {
  choice,
  isObject,
  isWebUrl,
  type Key,
  notSupported,
  number,
  readKeys,
  targetOf,
  textKey,
  url,
  type Warn,
  webMethod,
} from '../key.ts';
import { NOTHING, nccoAction } from '../ncco-action.ts';

/** Their values are read where they are understood. */
const some = (what: string): Key<unknown> => ({
  what,
  values: '',
  usual: null,
  support: 'works',
  read: value => value,
});

export const endpointKeys = {
  phone: {
    type: some('"phone"'),
    number: some('a number, called over the trunk that the configuration names'),
    dtmfAnswer: some('keys that it is sent when it answers: 0-9 A-D * # p'),
    onAnswer: some('`{url}`: asked for an NCCO that it does before the two are joined'),
    shaken: notSupported('a STIR/SHAKEN identity'),
  },
  sip: {
    type: some('"sip"'),
    uri: some('a SIP URI; `;transport=tls` and `;media=srtp` secure signalling and media'),
    headers: some('goes out as `X-<name>: <value>`'),
    standardHeaders: some('`{"User-to-User": …}`'),
    onAnswer: some('`{url}`, as of a phone'),
  },
};

const endpoints: Key<null> = {
  what: 'whom to call: one endpoint, of type phone or sip',
  values: 'a list of one endpoint',
  usual: null,
  support: 'works',
  read: () => null,
};

/** The end is told by the request that asks how to go on. */
const PROGRESS = ['started', 'ringing', 'answered'];

export const connect = nccoAction({
  what: 'Calls somebody, and joins the two until one of them hangs up.',
  keys: {
    endpoint: endpoints,
    from: textKey('which number is shown', 'a number, or a name of 1 to 64 letters and digits', isCaller),
    timeout: number('how many seconds it rings', { min: 1, max: 120, usual: 60 }),
    limit: number('how many seconds the two may talk', { min: 1, max: 7200, usual: 7200 }),
    eventType: choice(
      'synchronous: an NCCO in the answer to the event that ends it takes the place of the rest',
      ['synchronous', 'asynchronous'],
      'asynchronous',
    ),
    eventUrl: url("where events of the call that is placed are told; default: the call's event URL"),
    eventMethod: webMethod('how'),
    ringbackTone: url('what the caller hears, again and again, until it is answered'),
    randomFromNumber: notSupported('a number by chance'),
    machineDetection: notSupported('detection of answering machines'),
    advancedMachineDetection: notSupported('detection of answering machines'),
  },
  compile(values, { context, place, warn, written }) {
    const events = targetOf(values.eventUrl, values.eventMethod, context.events);
    const target = connectTarget(written.endpoint, `${place}.endpoint`, warn);
    if (!target) return NOTHING;
    const { from, timeout, limit, ringbackTone } = values;
    const isSynchronous = values.eventType === 'synchronous' && events !== null;
    return {
      action: {
        kind: 'connect',
        targets: [{ ...target, events: events && (isSynchronous ? { ...events, events: PROGRESS } : events) }],
        from: from?.replace(/^\+/, '') ?? null,
        ringMs: timeout * 1000,
        limitMs: limit * 1000,
        ringback: ringbackTone === null ? null : { kind: 'play', what: { url: ringbackTone }, loops: 0, levelDb: 0 },
        answersWithTarget: false,
        endsOnStar: false,
        record: null,
        next: isSynchronous ? { target: events, form: 'connect' } : null,
      },
    };
  },
});

function isCaller(from: string): boolean {
  return /^\+?[A-Za-z0-9_.-]{1,64}$/.test(from);
}

/** null: it cannot be called, and that was warned of. */
function connectTarget(given: unknown, place: string, warn: Warn): Omit<ConnectTarget, 'events'> | null {
  const list = Array.isArray(given) ? given : [given];
  const [endpoint] = list;
  if (!isObject(endpoint) || list.length > 1) {
    warn('bad-value', place, 'A connect needs a list of one endpoint');
    return null;
  }
  try {
    const { to, headers, secure, sendDigits } = endpointOf(endpoint);
    readKeys(to.kind === 'sip' ? endpointKeys.sip : endpointKeys.phone, endpoint, `${place}[0]`, warn);
    const whisper = whisperOf(endpoint.onAnswer, `${place}[0].onAnswer`, warn);
    return { to, headers, auth: undefined, secure, sendDigits, whisper };
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    const key = error.key === null ? '' : `.${error.key}`;
    warn(error.kind === 'bad' ? 'bad-value' : 'not-supported', `${place}[0]${key}`, error.message);
    return null;
  }
}

function whisperOf(given: unknown, place: string, warn: Warn): ConnectTarget['whisper'] {
  if (given === undefined || given === null) return null;
  if (isObject(given) && typeof given.url === 'string' && isWebUrl(given.url)) {
    if (given.ringback !== undefined) warn('not-supported', `${place}.ringback`, 'Use ringbackTone of the action');
    return { url: given.url, method: 'GET' };
  }
  warn('bad-value', place, 'It must be an object with an http or https url');
  return null;
}
