import { createPrivateKey, X509Certificate } from 'node:crypto';
import { CrosspointError } from '../base/errors.ts';
import type { TlsClient, TlsIdentity } from '../sip/transport/tls-identity.ts';
import type { BrokerTls } from './broker-tls.ts';
import type { MqttConfig } from './mqtt-schema.ts';
import { readPem } from './read-pem.ts';
import type { ListenerConfig, SipConfig } from './sip-schema.ts';
import type { TrunkConfig } from './trunk-schema.ts';

/** A chain of certificates is a few kilobytes; the public authorities together half a megabyte. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * What a listener proves itself with; undefined of one that is not TLS.
 * @throws CrosspointError config.tls-file: a file is missing, unreadable, not PEM, or the two do not belong together
 */
export function listenerIdentity(listener: ListenerConfig): TlsIdentity | undefined {
  const { transport, certificateFile, keyFile, clientCaFile } = listener;
  if (transport !== 'tls' || certificateFile === undefined || keyFile === undefined) return undefined;
  const clientCa = clientCaFile === undefined ? {} : { clientCa: readCertificates(clientCaFile) };
  return { ...readPair(certificateFile, keyFile), ...clientCa };
}

/**
 * How connections are secured that we open: those of a trunk, or any other without one. What the trunk does not say
 * is as `sip.tls` says; `verify: false` there holds for all.
 * @throws CrosspointError config.tls-file
 */
export function tlsClient(general: SipConfig['tls'], trunk?: TrunkConfig['tls']): TlsClient {
  const caFile = trunk?.caFile ?? general.caFile;
  const ca = caFile === undefined ? {} : { ca: readCertificates(caFile) };
  const verify = general.verify && (trunk?.verify ?? true);
  if (!trunk) return { ...ca, verify };
  const { certificateFile, keyFile, pins } = trunk;
  const pair = certificateFile === undefined || keyFile === undefined ? {} : readPair(certificateFile, keyFile);
  return { ...ca, ...pair, ...(pins.length === 0 ? {} : { pins }), verify };
}

/**
 * How the connection to an MQTT broker is secured.
 * @throws CrosspointError config.tls-file
 */
export function brokerTls({ caFile, certificateFile, keyFile, verify }: MqttConfig['tls']): BrokerTls {
  return {
    ...(caFile !== undefined && { ca: readCertificates(caFile) }),
    ...(certificateFile !== undefined && keyFile !== undefined && readPair(certificateFile, keyFile)),
    verify,
  };
}

/**
 * A certificate with those that lead to its root, and its key, as PEM.
 * @throws CrosspointError config.tls-file
 */
export function readPair(certificateFile: string, keyFile: string): { cert: string; key: string } {
  const cert = readCertificates(certificateFile);
  const key = readPem(keyFile, MAX_BYTES, unusable);
  let fits: boolean;
  try {
    fits = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    // OpenSSL's sentence says nothing that helps, and what it read was a key.
    throw unusable(keyFile, 'it is not a private key in PEM without a passphrase');
  }
  if (!fits) throw unusable(keyFile, `it is not the key of the first certificate in ${certificateFile}`);
  return { cert, key };
}

function readCertificates(file: string): string {
  const text = readPem(file, MAX_BYTES, unusable);
  try {
    new X509Certificate(text);
  } catch {
    throw unusable(file, 'it holds no certificate in PEM');
  }
  return text;
}

function unusable(file: string, why: string): CrosspointError {
  return new CrosspointError('config.tls-file', `${file} cannot be used: ${why}`);
}
