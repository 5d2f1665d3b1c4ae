/** RFC 3261 §19.1.2 */
const SIPS_PORT = 5061;

interface RawFile {
  readonly sip?: { readonly listeners?: readonly { readonly transport: string; readonly port?: number }[] };
}

/**
 * A checked file in which every TLS listener has its port: the one default that depends on another key, which a
 * schema cannot say.
 */
export function withTlsPorts(raw: unknown): unknown {
  const { sip } = raw as RawFile;
  if (!sip?.listeners) return raw;
  const listeners = sip.listeners.map(each =>
    each.transport === 'tls' && each.port === undefined ? { ...each, port: SIPS_PORT } : each,
  );
  return { ...(raw as RawFile), sip: { ...sip, listeners } };
}
