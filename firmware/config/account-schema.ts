import { type Static, Type } from 'typebox';
import { Choice, closed, WebUrl } from './schema-parts.ts';
import { Msisdn } from './voice-schema.ts';

const AccountNumber = Type.Object(
  {
    msisdn: Msisdn('the number, which this account answers'),
    voiceUrl: WebUrl('asked for TwiML when the number is called'),
    voiceMethod: Choice(['GET', 'POST'], { default: 'POST', description: 'how voiceUrl is asked' }),
    fallbackUrl: Type.Optional(WebUrl('asked when voiceUrl gives nothing')),
    fallbackMethod: Choice(['GET', 'POST'], { default: 'POST', description: 'how fallbackUrl is asked' }),
    statusCallback: Type.Optional(WebUrl('told how the call ended')),
    statusCallbackMethod: Choice(['GET', 'POST'], { default: 'POST', description: 'how statusCallback is told' }),
  },
  closed,
);
export type AccountNumber = Static<typeof AccountNumber>;

export const TwilioAccount = Type.Object(
  {
    accountSid: Type.String({
      pattern: '^AC[0-9a-f]{32}$',
      expected: '"AC" and 32 digits or letters a to f, in quotes',
      description: 'the account SID that applications give to their SDK',
    }),
    authToken: Type.String({
      minLength: 16,
      maxLength: 256,
      secret: true,
      expected: 'a text of 16 to 256 characters, in quotes',
      description: 'the token that requests bear and that signs what its webhooks are sent',
    }),
    numbers: Type.Array(AccountNumber, {
      maxItems: 10_000,
      default: [],
      description: 'numbers that are answered by TwiML',
    }),
  },
  { ...closed, description: 'credentials and numbers of an application that uses the Twilio API' },
);
