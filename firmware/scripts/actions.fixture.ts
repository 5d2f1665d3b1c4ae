import { until } from '../trunks/bridge/bridge.fixture.ts';
import type { Conference, Connect, Gather, RecordVoice, Say } from './action.ts';
import type { Scene } from './scripts.fixture.ts';

export const say = (text: string, loops = 1): Say => ({
  kind: 'say',
  text,
  language: null,
  voice: null,
  loops,
  levelDb: 0,
});
export const get = (url: string) => ({ url, method: 'GET' as const });
export const next = (url: string) => ({ target: get(url) });
export const ask = (over: Partial<Gather> = {}): Gather => ({
  kind: 'gather',
  prompts: [say('Your PIN?')],
  firstDigitMs: 20,
  interDigitMs: 20,
  finishKeys: '#',
  maxDigits: 4,
  next: next('http://app/pin'),
  tellsNothing: true,
  ...over,
});
export const meet = (over: Partial<Conference> = {}): Conference => ({
  kind: 'conference',
  room: 'standup',
  canSpeak: true,
  canHear: true,
  startsOnEnter: true,
  endsOnExit: false,
  wait: null,
  beep: null,
  maxMembers: 50,
  record: null,
  limitMs: null,
  leavesOnStar: false,
  events: null,
  next: null,
  ...over,
});
export const target = (number: string): Connect['targets'][number] => ({
  to: { kind: 'number', number },
  headers: [],
  auth: undefined,
  secure: false,
  sendDigits: null,
  whisper: null,
  events: null,
});
export const dial = (over: Partial<Connect> = {}): Connect => ({
  kind: 'connect',
  targets: [target('4930')],
  from: null,
  ringMs: 5_000,
  limitMs: 60_000,
  ringback: { kind: 'play', what: { tone: 'ring-back' }, loops: 0, levelDb: 0 },
  answersWithTarget: false,
  endsOnStar: false,
  record: null,
  next: next('http://app/dialled'),
  ...over,
});

/** What was played, by name: text, URL, or tone. */
export const heard = ({ media }: Scene) =>
  media.plays.map(({ source }) => (source.kind === 'file' ? source.file : `tone ${source.frequencyHz}`));
export const play = async (scene: Scene, name: string) => {
  await until(`${name} is heard`, () => heard(scene).includes(name));
  const found = scene.media.plays.find(({ source }) => source.kind === 'file' && source.file === name);
  if (!found) throw new Error('not found');
  return found;
};
export const press = ({ media }: Scene, keys: string, leg = 0) => {
  for (const digit of keys) media.legs[leg]?.listener.digit?.({ digit, durationMs: 100, source: 'rfc4733' });
};
export const sessionOf = ({ media }: Scene, leg: number) => {
  const hears = media.legs[leg]?.config.hears;
  return hears?.kind === 'session' ? hears.session : null;
};
export const told = ({ happenings }: Scene) => happenings.map(({ kind }) => kind);
export const record = (over: Partial<RecordVoice> = {}): RecordVoice => ({
  kind: 'record',
  terms: { format: 'wav', channels: 'mono', events: null },
  maxMs: 60_000,
  silenceMs: null,
  finishKeys: '#',
  beep: false,
  inBackground: false,
  next: next('http://app/recorded'),
  ...over,
});
export const recordingsTold = ({ happenings }: Scene) =>
  happenings.flatMap(happening => (happening.kind === 'recording' ? `${happening.source} ${happening.what}` : []));
