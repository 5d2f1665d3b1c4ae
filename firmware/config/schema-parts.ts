/**
 * What the schema is made of. Beside JSON Schema's own, three keywords are used: `expected` says in words what a value
 * must be (for messages and the reference), `secret` keeps a value out of every message, and a refinement checks what
 * a pattern cannot.
 */
import { type Static, type TSchema, type TUnsafe, Type } from 'typebox';
import { isAddress, isAddressRange, isAdvertise } from './address.ts';

/** Keys that are not known are errors. */
export const closed = { additionalProperties: false } as const;

/** A group of keys that may be left out; its keys have defaults, or are optional. */
export const group = { ...closed, default: {} } as const;

export const refined = <T extends TSchema>(schema: T, check: (value: string) => boolean) =>
  Type.Refine(schema, value => typeof value === 'string' && check(value)) as T;

export const Address = (options: { description: string; default?: string }) =>
  refined(Type.String({ ...options, expected: 'an IP address such as 127.0.0.1 or ::1' }), isAddress);

export const AddressRanges = (options: { description: string; default?: string[] }) =>
  Type.Array(
    refined(Type.String({ expected: 'an address range such as 127.0.0.0/8, fd00::/8 or 192.0.2.7' }), isAddressRange),
    { maxItems: 256, ...options },
  );

export const Advertise = (description: string) =>
  refined(Type.String({ expected: 'host or host:port, an IPv6 address in brackets', description }), isAdvertise);

export const Port = (options: { description: string; default?: number }) =>
  Type.Integer({ minimum: 1, maximum: 65535, ...options });

export const Seconds = (seconds: number, description: string) =>
  Type.Integer({ minimum: 1, maximum: 7 * 86_400, default: seconds, description });

export const Count = (count: number, maximum: number, description: string) =>
  Type.Integer({ minimum: 1, maximum, default: count, description });

export const Bytes = (bytes: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: bytes, description });

export const Decibels = (description: string) =>
  Type.Number({
    minimum: -40,
    maximum: 20,
    default: 0,
    description: `${description}, dB; what a bridge relays undecoded is as it is`,
  });

export const Flag = (standard: boolean, description: string) => Type.Boolean({ default: standard, description });

/** One of a few words. */
export const Choice = <const T extends string>(
  choices: readonly T[],
  options: { description: string; default?: NoInfer<T> },
): TUnsafe<T> =>
  Type.Unsafe<T>(
    Type.Union(
      choices.map(choice => Type.Literal(choice)),
      options,
    ),
  );

export const HostName = (expected: string) =>
  Type.String({
    pattern: '^[0-9a-z]([0-9a-z-]*[0-9a-z])?(\\.[0-9a-z]([0-9a-z-]*[0-9a-z])?)*$',
    maxLength: 253,
    expected,
  });

export const FilePath = (description: string) =>
  Type.String({ minLength: 1, maxLength: 1024, expected: 'the path of a PEM file', description });

export const WebUrl = (description: string) =>
  refined(
    Type.String({ maxLength: 2048, secret: true, expected: 'an http:// or https:// URL', description }),
    value => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  );

/** Digest credentials (RFC 3261 §22); neither quotes nor control characters, which no header could carry. */
export const Login = (description: string) =>
  Type.Object(
    {
      username: Type.String({
        pattern: '^[^\\u0000-\\u001f\\u007f"\\\\:]{1,128}$',
        expected: 'a text of 1 to 128 characters without quotes and colons',
        description: 'name',
      }),
      password: Type.String({
        minLength: 1,
        maxLength: 256,
        secret: true,
        expected: 'a text of 1 to 256 characters, in quotes',
        description: 'password',
      }),
    },
    { ...closed, description },
  );

export type Login = Static<ReturnType<typeof Login>>;
