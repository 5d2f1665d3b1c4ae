import type { SrtpSuite } from './leg-media.ts';

/**
 * All suites, as they are offered. GCM costs us less than the others and has the longest tag, so it comes first;
 * AES_CM_128_HMAC_SHA1_80 is the one that every peer has (RFC 4568 §6.2.1); tags of four bytes are for who has nothing else.
 */
export const SRTP_SUITES = [
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_256_CM_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_80',
  'AES_256_CM_HMAC_SHA1_32',
  'AES_CM_128_HMAC_SHA1_32',
] as const satisfies readonly SrtpSuite[];
