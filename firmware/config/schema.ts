/** The configuration file: names, types, ranges, defaults and documentation, all from this one definition. */
import { type Static, Type } from 'typebox';
import { AnnouncementsSchema } from './announcements-schema.ts';
import { HttpSchema } from './http-schema.ts';
import { LimitsSchema } from './limits-schema.ts';
import { MediaSchema } from './media-schema.ts';
import { MetricsSchema } from './metrics-schema.ts';
import { CURRENT_VERSION } from './migrations.ts';
import { MqttSchema } from './mqtt-schema.ts';
import { NumbersSchema } from './number-schema.ts';
import { GeneralPolicySchema } from './policy-schema.ts';
import { ProjectsSchema } from './project-schema.ts';
import { RecordingsSchema } from './recordings-schema.ts';
import { RecordsSchema } from './records-schema.ts';
import { AddressRanges, Choice, closed, Flag, group, HostName } from './schema-parts.ts';
import { SipSchema } from './sip-schema.ts';
import { SoundsSchema, SpeechSchema } from './speech-schema.ts';
import { TrunkName } from './target-schema.ts';
import { TrunksSchema } from './trunk-schema.ts';
import { WebrtcSchema } from './webrtc-schema.ts';

export const ConfigSchema = Type.Object(
  {
    version: Type.Integer({
      minimum: 1,
      maximum: CURRENT_VERSION,
      default: 1,
      description: 'version of this file format',
    }),
    box: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z_.-]{1,63}$',
        expected: '1 to 63 letters, digits, "_", "." or "-"',
        description: 'name of this box in MQTT topics and events; default: the host name',
      }),
    ),
    logLevel: Choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      default: 'info',
      description: 'least severe log line that is written',
    }),
    http: HttpSchema,
    sip: SipSchema,
    media: MediaSchema,
    webrtc: WebrtcSchema,
    announcements: AnnouncementsSchema,
    speech: SpeechSchema,
    sounds: SoundsSchema,
    recordings: RecordingsSchema,
    records: RecordsSchema,
    mqtt: MqttSchema,
    metrics: MetricsSchema,
    stateDir: Type.String({
      minLength: 1,
      maxLength: 1024,
      default: './state',
      description: 'folder of the database and the generated credentials, relative to the working directory',
    }),
    tellDigits: Flag(
      false,
      'tell in MQTT events, to the operator and to the clients of the session which keys were pressed (they may be a PIN), not only that one was',
    ),
    allowPrivateTargets: Flag(true, 'let webhooks, scripts and SIP calls go to loopback and private addresses'),
    builtinNumbers: Type.Object(
      {
        allowFrom: AddressRanges({
          default: ['127.0.0.0/8'],
          description: 'sources that may call tone, echo and room-<name>; all others hear nothing',
        }),
      },
      group,
    ),
    from: Type.Object(
      {
        allowAlphanumeric: Flag(
          false,
          'show a from that is not a number to the far end as it is, instead of +00000000',
        ),
      },
      group,
    ),
    limits: LimitsSchema,
    projects: Type.Optional(ProjectsSchema),
    policy: GeneralPolicySchema,
    trunks: TrunksSchema,
    numbers: NumbersSchema,
    numbersVia: Type.Optional(TrunkName('over which scripts call numbers; needed where there is more than one trunk')),
    domains: Type.Array(HostName('a domain such as "sip.nexmo.com"'), {
      maxItems: 64,
      default: [],
      description: 'domains that the box is itself: calls to them go to the numbers of its projects, and never out',
    }),
  },
  closed,
);

/** A configuration with every default filled in. */
export type Config = Static<typeof ConfigSchema> & { readonly box: string };
