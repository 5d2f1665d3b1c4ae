import { type Static, Type } from 'typebox';
import { Choice, closed, WebUrl } from './schema-parts.ts';

/** A number as vendors write it: E.164 without "+" (with it, too). */
export const Msisdn = (description: string) =>
  Type.String({ pattern: '^\\+?[0-9]{3,15}$', expected: 'a number such as "442071234567", in quotes', description });

const VoiceNumber = Type.Object(
  {
    msisdn: Msisdn('the number, which this application answers'),
    answerUrl: WebUrl('asked for an NCCO when the number is called'),
    answerMethod: Choice(['GET', 'POST'], { default: 'GET', description: 'how answerUrl is asked' }),
    eventUrl: Type.Optional(WebUrl('told what becomes of the call')),
    eventMethod: Choice(['GET', 'POST'], { default: 'POST', description: 'how eventUrl is told' }),
    fallbackUrl: Type.Optional(WebUrl('asked when answerUrl gives nothing')),
  },
  closed,
);
export type VoiceNumber = Static<typeof VoiceNumber>;

/** What the Vonage Voice API needs beside an application's key. */
export const VoiceAccount = {
  apiKey: Type.Optional(
    Type.String({
      pattern: '^[0-9A-Za-z]{4,64}$',
      expected: '4 to 64 letters and digits, in quotes',
      description: 'user name with which SIP calls to the numbers log in (digest)',
    }),
  ),
  apiSecret: Type.Optional(
    Type.String({
      minLength: 6,
      maxLength: 256,
      secret: true,
      expected: 'a text of 6 to 256 characters, in quotes',
      description: 'the password to it',
    }),
  ),
  numbers: Type.Array(VoiceNumber, {
    maxItems: 10_000,
    default: [],
    description: 'numbers that are answered by NCCOs',
  }),
} as const;
