import type { TSchema } from 'typebox';
import {
  alertTopic,
  archiveTopic,
  callRecordingTopic,
  callStateTopic,
  callTopic,
  gapTopic,
  healthTopic,
  infoTopic,
  mediaTopic,
  recordingTopic,
  requestTopic,
  responseTopic,
  sessionTopic,
  statusTopic,
  telemetryTopic,
  trunkTopic,
} from './topic-names.ts';
import { ArchiveMessage, RecordingMessage, SessionMessage, StatusMessage, TelemetryMessage } from './topics.ts';
import { AlertMessage, GapMessage, HealthMessage, InfoMessage } from './topics-box.ts';
import { CallMessage, CallStateMessage, MediaMessage } from './topics-call.ts';
import { requests, responses, verbs } from './topics-request.ts';
import { TrunkMessage } from './topics-trunk.ts';

/** Names to stand in a topic: placeholders for people, or those of an example. */
export interface TopicPlace {
  readonly box: string;
  readonly project: string;
  readonly call: string;
  readonly session: string;
  readonly trunk: string;
  readonly alert: string;
}

export interface TopicRow {
  readonly topic: (place: TopicPlace) => string;
  /** Names of the payload's schema. */
  readonly payload: string;
  readonly schema: TSchema;
  readonly qos: 0 | 1;
  readonly retained: boolean;
  /** Whose it is: the box's and its operator's, or a project's. */
  readonly of: 'box' | 'project';
  /** Who publishes. */
  readonly from: 'service' | 'application';
  /** What it is, and when it comes: a sentence. */
  readonly when: string;
}

const box = { of: 'box', from: 'service' } as const;
const project = { of: 'project', from: 'service' } as const;
const kept = { qos: 1, retained: true } as const;
const event = { qos: 1, retained: false } as const;
const figures = { qos: 0, retained: false } as const;

const wishes = {
  dial: 'Asks for a call.',
  hangup: 'Asks to end a call.',
  dtmf: 'Asks to send digits to the far end of a call.',
  mute: 'Asks that nobody hears the far end of a call any more, or everybody again.',
  hold: 'Asks to put the far end of a call on hold, or to take it back.',
  status: 'Asks which calls live, or how one is.',
} as const;

/** Every topic of the box: its documentation (docs/mqtt.md) and the tests of its access lists come from here. */
export const topicTable: readonly TopicRow[] = [
  {
    ...box,
    ...kept,
    topic: place => statusTopic(place.box),
    payload: 'Status',
    schema: StatusMessage,
    when: 'Whether the service runs: when it connects and when it ends; the broker says that it does not when it is gone (last will).',
  },
  {
    ...box,
    ...kept,
    topic: place => infoTopic(place.box),
    payload: 'Info',
    schema: InfoMessage,
    when: 'What the box is, where it listens, what it can: once a start.',
  },
  {
    ...box,
    ...kept,
    topic: place => healthTopic(place.box),
    payload: 'Health',
    schema: HealthMessage,
    when: 'Whether it can take calls and how many: when that changes, and every 60 s.',
  },
  {
    ...box,
    ...figures,
    topic: place => telemetryTopic(place.box),
    payload: 'Telemetry',
    schema: TelemetryMessage,
    when: 'Figures of the machine and of the service, every 10 s.',
  },
  {
    ...box,
    ...kept,
    topic: place => trunkTopic(place.box, place.trunk),
    payload: 'TrunkState',
    schema: TrunkMessage,
    when: 'How a trunk, its targets and its registration are, on every change.',
  },
  {
    ...box,
    ...kept,
    topic: place => alertTopic(place.box, place.alert),
    payload: 'Alert',
    schema: AlertMessage,
    when: 'Something that somebody should look at; an empty message when it is over.',
  },
  {
    ...project,
    ...event,
    topic: place => callTopic(place.box, place.project, place.call),
    payload: 'CallEvent',
    schema: CallMessage,
    when: 'What happens to a call, in order, each at least once.',
  },
  {
    ...project,
    ...kept,
    topic: place => callStateTopic(place.box, place.project, place.call),
    payload: 'CallState',
    schema: CallStateMessage,
    when: 'What a live call is now; an empty message when it is over, after a crash at the next start. A call that is over within 50 ms is not told of.',
  },
  {
    ...project,
    ...figures,
    topic: place => mediaTopic(place.box, place.project, place.call),
    payload: 'CallMedia',
    schema: MediaMessage,
    when: "Quality of an answered call's media, every 5 s (docs/quality.md).",
  },
  {
    ...project,
    ...event,
    topic: place => sessionTopic(place.box, place.project, place.session),
    payload: 'SessionEvent',
    schema: SessionMessage,
    when: 'Sessions, connections and streams as they come and go, in order, each at least once.',
  },
  {
    ...project,
    ...event,
    topic: place => recordingTopic(place.box, place.project, place.session),
    payload: 'RecordingEvent',
    schema: RecordingMessage,
    when: 'A recording of a session has begun, is over, or failed.',
  },
  {
    ...project,
    ...event,
    topic: place => callRecordingTopic(place.box, place.project, place.call),
    payload: 'CallRecordingEvent',
    schema: RecordingMessage,
    when: 'A recording of a call has begun, is over, or failed.',
  },
  {
    ...project,
    ...event,
    topic: place => archiveTopic(place.box, place.project, place.session),
    payload: 'ArchiveStatus',
    schema: ArchiveMessage,
    when: 'An archive has another status; without its URL, which is a credential.',
  },
  {
    ...project,
    ...event,
    topic: place => gapTopic(place.box, place.project),
    payload: 'Gap',
    schema: GapMessage,
    when: 'Events were dropped because the broker was away for too long: which. It comes before those that followed.',
  },
  ...verbs.flatMap((verb): TopicRow[] => {
    const name = verb.charAt(0).toUpperCase() + verb.slice(1);
    return [
      {
        ...event,
        of: 'project',
        from: 'application',
        topic: place => requestTopic(place.box, place.project, verb),
        payload: `${name}Request`,
        schema: requests[verb],
        when: wishes[verb],
      },
      {
        ...project,
        ...event,
        topic: place => responseTopic(place.box, place.project, verb),
        payload: `${name}Response`,
        schema: responses[verb],
        when: 'What became of it.',
      },
    ];
  }),
];
