import { type Static, Type } from 'typebox';
import { severities } from '../alerts/alert.ts';
import { parts } from '../api/ports.ts';
import { closed, header, nullable, Time } from './topics-header.ts';

const Count = (description: string) => Type.Integer({ minimum: 0, description });

export const Listener = Type.Object(
  {
    protocol: Type.String({ description: 'as in sip/udp, rtp/udp, https, mqtt' }),
    address: Type.String({ description: 'that others are told, where it is not the one that is bound' }),
    port: Type.Integer({ minimum: 1, maximum: 65535 }),
    lastPort: nullable(Type.Integer({ description: 'of a range; null of a single port' })),
  },
  closed,
);
export type Listener = Static<typeof Listener>;

/** What does not change before the next start. */
export const Info = Type.Object(
  {
    software: Type.String({ description: 'its version' }),
    model: nullable(Type.String({ description: 'of the board or the machine, as its firmware names it' })),
    os: Type.Object(
      {
        name: Type.String(),
        kernel: Type.String(),
        architecture: Type.String({ description: 'as Node names it: arm64, x64' }),
      },
      closed,
    ),
    cores: Count('of the CPU'),
    memoryBytes: Count('that the machine has'),
    listeners: Type.Array(Listener),
    capabilities: Type.Array(Type.String(), {
      description: 'as in codec/opus, srtp, webrtc, video/vp8, mqtt-requests',
    }),
    startedAt: Time('when the service was started'),
  },
  closed,
);
export type Info = Static<typeof Info>;
export const InfoMessage = Type.Object({ ...header, ...Info.properties }, closed);
export type InfoMessage = Static<typeof InfoMessage>;

/** How the box is, and what it could take. */
export const Health = Type.Object(
  {
    ready: Type.Object(
      Object.fromEntries(parts.map(part => [part, Type.Boolean()])) as Record<
        (typeof parts)[number],
        ReturnType<typeof Type.Boolean>
      >,
      { ...closed, description: 'what a call needs' },
    ),
    draining: Type.Boolean({ description: 'calls go on, new ones are refused' }),
    load: Type.Object(
      {
        workerBusyRatio: nullable(
          Type.Number({ description: 'of the busiest media worker: of one core, 0–1; null while none is up' }),
        ),
        tickLateUsP99: nullable(Type.Number({ description: 'of the latest one: how late its mixing is' })),
      },
      closed,
    ),
    capacity: Type.Object(
      {
        calls: Count('now'),
        legs: Count('now'),
        limit: nullable(Count('calls of the usual kind that the box could have at a time; null until it is measured')),
      },
      closed,
    ),
    queue: Type.Object(
      {
        pending: Count('deliveries that are still to be made, to MQTT and webhooks'),
        dropped: Count('deliveries given up since the start, for age or room'),
      },
      closed,
    ),
    alerts: Count('that are raised'),
  },
  closed,
);
export type Health = Static<typeof Health>;
export const HealthMessage = Type.Object({ ...header, ...Health.properties }, closed);
export type HealthMessage = Static<typeof HealthMessage>;

/** Something that somebody should look at. */
export const AlertMessage = Type.Object(
  {
    ...header,
    alert: Type.String({ description: 'the same as in the topic, as long as it is the same trouble' }),
    severity: Type.Enum([...severities]),
    sentence: Type.String({ description: 'for a person: what is wrong and what helps' }),
    detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
    since: Time('when it was raised'),
  },
  closed,
);
export type AlertMessage = Static<typeof AlertMessage>;

const Place = Type.Object({ bootId: Type.String(), sequence: Type.Integer({ minimum: 0 }) }, closed);

/**
 * Events of the project were dropped before they could be published, for age or room. Comes before the events that
 * followed them. Others of the same stretch may have arrived: those that were on their way.
 */
export const GapMessage = Type.Object(
  {
    ...header,
    event: Type.Literal('eventsMissing'),
    from: Type.Object(Place.properties, { ...closed, description: 'the first event that is missing' }),
    to: Type.Object(Place.properties, { ...closed, description: 'the last one' }),
    count: Type.Integer({ minimum: 1, description: 'how many are missing from the first to the last' }),
    firstTime: Time('when the first happened'),
    lastTime: Time('when the last happened'),
  },
  closed,
);
export type GapMessage = Static<typeof GapMessage>;
