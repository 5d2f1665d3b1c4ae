import { Type } from 'typebox';
import { TwilioAccount } from './account-schema.ts';
import { PolicySchema } from './policy-schema.ts';
import { closed, FilePath, Flag, WebUrl } from './schema-parts.ts';
import { TrunkName } from './target-schema.ts';
import { VoiceAccount } from './voice-schema.ts';

const monitoring = {
  sipMonitoringUrl: Type.Optional(WebUrl('webhook that is told of every SIP call')),
  sessionMonitoringUrl: Type.Optional(WebUrl('webhook that is told of sessions, connections and streams')),
};

const OpentokProject = Type.Object(
  {
    apiKey: Type.String({
      pattern: '^[0-9A-Za-z-]{1,64}$',
      expected: '1 to 64 digits, letters or hyphens, in quotes',
      description: 'the key that applications give to their SDK',
    }),
    apiSecret: Type.String({
      minLength: 6,
      maxLength: 256,
      secret: true,
      expected: 'a text of 6 to 256 characters, in quotes',
      description: 'the secret that signs requests and participant tokens',
    }),
    ...monitoring,
  },
  { ...closed, description: 'credentials and webhooks of an application that uses the OpenTok API' },
);

const VonageProject = Type.Object(
  {
    applicationId: Type.String({
      pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
      expected: 'a UUID in lower case, such as "78d335fa-323d-0114-9c3d-d6f0d48968cf"',
      description: 'the id that applications give to their SDK',
    }),
    publicKeyFile: FilePath(
      'the public half of the RSA key with which the application signs requests and participant tokens; a replaced file counts within a minute, or on SIGHUP',
    ),
    ...monitoring,
    ...VoiceAccount,
  },
  { ...closed, description: 'key, webhooks and numbers of an application that uses the Vonage Video and Voice APIs' },
);

export const ProjectsSchema = Type.Array(
  Type.Object(
    {
      opentok: Type.Optional(OpentokProject),
      vonage: Type.Optional(VonageProject),
      twilio: Type.Optional(TwilioAccount),
      webhookSecret: Type.Optional(
        Type.String({
          minLength: 16,
          maxLength: 256,
          secret: true,
          expected: 'a text of 16 to 256 characters, in quotes',
          description: 'signs what its webhooks and callbacks are sent (docs/webhooks.md); absent: nothing is signed',
        }),
      ),
      policy: Type.Optional(PolicySchema),
      numbersVia: Type.Optional(TrunkName('over which its scripts call numbers; default: the numbersVia of the box')),
      clientsMayDial: Flag(
        false,
        'whether moderators in a browser may place calls and lead them; the calling policy counts for them, too',
      ),
    },
    closed,
  ),
  {
    maxItems: 1000,
    description:
      'tenants, each with opentok, vonage and twilio or some of them: what they make of one session the others can enter; when absent, one is generated at the first start and kept in the state directory',
  },
);
