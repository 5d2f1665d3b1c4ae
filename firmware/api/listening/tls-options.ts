import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ShownCertificate } from '../../https/identity.ts';

/** Mozilla's "intermediate" list without finite-field Diffie-Hellman: forward secrecy and authenticated encryption alone. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** How HTTPS is spoken. RFC 8996: no TLS before 1.2; a client gains nothing by renegotiating, so it cannot. */
export function tlsOptions({ cert, key }: ShownCertificate): SecureContextOptions {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: false,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}
