import { type Static, Type } from 'typebox';
import { isHostName } from './address.ts';
import { Choice, Flag, group, refined } from './schema-parts.ts';

/** Who the far end is told is calling, and whom we believe (RFC 3323, 3325, 5806). */
export const IdentitySchema = Type.Object(
  {
    number: Type.Optional(
      Type.String({
        pattern: '^\\+?[0-9]{1,32}$',
        expected: 'a number such as "+442071234567", in quotes',
        description:
          'shown for callers without a public number (extensions, names, unknown); default: the extension, else +00000000',
      }),
    ),
    domain: Type.Optional(
      refined(
        Type.String({
          maxLength: 253,
          expected: 'a host name or an IPv4 address',
          description: 'host part of From; default: our address',
        }),
        isHostName,
      ),
    ),
    display: Type.Optional(
      Type.String({
        pattern: '^[^\\u0000-\\u001f\\u007f]{1,64}$',
        expected: 'a name of 1 to 64 characters',
        description: 'display name shown for every call; default: the caller’s own',
      }),
    ),
    asserted: Choice(['none', 'pai', 'rpid', 'both'], {
      default: 'none',
      description:
        'repeat the caller in P-Asserted-Identity (pai), Remote-Party-ID (rpid) or both; makes the trunk one that we trust with hidden numbers',
    }),
    trustIncoming: Flag(false, 'believe the P-Asserted-Identity and Remote-Party-ID of calls from this trunk'),
    privacy: Choice(['honour', 'ignore'], {
      default: 'honour',
      description: 'honour hides a caller who asks for it; ignore shows the number',
    }),
    diversion: Choice(['drop', 'pass'], {
      default: 'drop',
      description: 'Diversion and History-Info of forwarded calls',
    }),
    alphanumeric: Flag(false, 'show a caller that is not a number as it is, instead of the number above'),
  },
  group,
);

export type IdentityConfig = Static<typeof IdentitySchema>;
