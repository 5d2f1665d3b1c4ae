import { Type } from 'typebox';

export const TrunkName = (description: string) =>
  Type.String({
    pattern: '^[a-z0-9][a-z0-9-]{0,31}$',
    expected: 'a name of 1 to 32 lower-case letters, digits or hyphens',
    description,
  });

/** What stands in it is checked by the parser of targets, whose messages say more than a pattern could. */
export const Target = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 512,
    expected: 'a target such as "sip:pbx.example.com;timeout=5000"',
    description,
  });
