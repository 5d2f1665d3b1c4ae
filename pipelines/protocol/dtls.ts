/** DTLS-SRTP of a leg: keys that the worker agrees on with the far end (RFC 5763, RFC 5764). */
import { type Static, Type } from 'typebox';
import { closed, nullable } from './schema.ts';

export const Fingerprint = Type.Object(
  {
    hash: Type.Union([Type.Literal('sha-256'), Type.Literal('sha-384'), Type.Literal('sha-512')]),
    value: Type.String({ minLength: 95, maxLength: 191, description: 'as in a=fingerprint: "4A:AD:…"' }),
  },
  closed,
);
export type Fingerprint = Static<typeof Fingerprint>;

export const Dtls = Type.Object(
  {
    dtls: Type.Object(
      {
        role: Type.Union([
          Type.Literal('client', { description: 'we begin: a=setup:active is ours' }),
          Type.Literal('server', { description: 'we wait for the far end: a=setup:passive is ours' }),
        ]),
        fingerprints: Type.Array(Fingerprint, {
          minItems: 1,
          maxItems: 8,
          description: "of the far end's certificate: it must match one of them",
        }),
        association: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 300,
            description: 'another one asks for a new association although role and fingerprints stay',
          }),
        ),
      },
      closed,
    ),
  },
  {
    ...closed,
    description:
      'Nothing is sent and nothing taken until `leg.secured`. The same again changes nothing; any change begins a new association with new keys (RFC 8842 §5). RTCP on a port of its own has an association of its own.',
  },
);
export type Dtls = Static<typeof Dtls>;

/** RFC 5764 §4.1.2, RFC 7714 §14.2. */
export const DtlsSuite = Type.Union([
  Type.Literal('AEAD_AES_128_GCM'),
  Type.Literal('AEAD_AES_256_GCM'),
  Type.Literal('AES_CM_128_HMAC_SHA1_80'),
  Type.Literal('AES_CM_128_HMAC_SHA1_32'),
]);

/** Of `LegStats`. */
export const DtlsFigures = Type.Object(
  {
    state: Type.Union([
      Type.Literal('handshaking'),
      Type.Literal('secured'),
      Type.Literal('closed', { description: 'the far end has ended it; its keys still hold' }),
      Type.Literal('failed'),
    ]),
    handshakeMs: nullable(Type.Number(), 'from the terms to the keys'),
  },
  closed,
);
