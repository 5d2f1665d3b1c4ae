import { parse } from 'yaml';
import { freePort } from '../rig/free-ports.ts';

const BOX = '192.0.2.10';
const PEER = '192.0.2.20';
/** A phone that is known by its address needs one of its own. */
const PHONE = '192.0.2.30';
export const PHONE_HOST = '127.0.0.3';

export interface Ports {
  readonly sip: number;
  readonly peer: number;
}

/** Free ports for the box and the peer of a page. */
export async function freePorts(): Promise<Ports> {
  return { sip: await freePort(), peer: await freePort() };
}

/** A text of a page with the addresses of this machine in place of those for documents (RFC 5737). */
export function placed(text: string, { sip, peer }: Ports): string {
  return text
    .replaceAll(`${BOX}:5060`, `127.0.0.1:${sip}`)
    .replaceAll(`${PEER}:5060`, `127.0.0.1:${peer}`)
    .replaceAll(`${PHONE}:5060`, `${PHONE_HOST}:${peer}`)
    .replaceAll(PHONE, PHONE_HOST)
    .replaceAll(/192\.0\.2\.\d+/g, '127.0.0.1');
}

/** The configuration of a page for a box of the tests: everything but the ports is as the page has it. */
export function boxConfig(yaml: string, ports: Ports): Record<string, unknown> {
  const config = parse(placed(yaml, ports)) as { sip: Record<string, unknown> & { listeners: object[] } } & Record<
    string,
    unknown
  >;
  const { media: _, ...rest } = config;
  const listeners = config.sip.listeners.map(listener => ({ ...listener, port: ports.sip }));
  return { ...rest, sip: { ...config.sip, listeners } };
}
