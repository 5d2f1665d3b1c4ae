import type { Fingerprint } from '../../pipelines/protocol/dtls.ts';

/** The attributes of a media line that DTLS-SRTP is agreed on by (RFC 5763 §5, RFC 8122, RFC 8842). */

/** RFC 4145 §4: who begins. */
export type Setup = 'actpass' | 'active' | 'passive' | 'holdconn';

export interface DtlsLines {
  /** Of hash functions that cannot be forged; all of the strongest one that is there. */
  fingerprints: Fingerprint[];
  /** Null: not said. */
  setup: Setup | null;
  /** Another one asks for a new association (RFC 8842 §4). Null for peers that do not know it. */
  tlsId: string | null;
}

/** More certificates than anybody has. */
const MAX_FINGERPRINTS = 8;
const SETUPS: readonly string[] = ['actpass', 'active', 'passive', 'holdconn'] satisfies Setup[];
/** The strongest first (RFC 8122 §5); bytes. SHA-1 and older are left out: they can be forged. */
const HASHES: readonly (readonly [Fingerprint['hash'], number])[] = [
  ['sha-512', 64],
  ['sha-384', 48],
  ['sha-256', 32],
];
/** RFC 8842 §4. */
const TLS_ID = /^[A-Za-z0-9+/_-]{20,255}$/;

const LINE = /^a=(fingerprint|setup|tls-id):(.*)$/;

export function isDtlsLine(line: string): boolean {
  return LINE.test(line);
}

/**
 * Of each m= line in turn; undefined for one without a=fingerprint.
 * @param lines of the whole description; what stands before the first m= counts where a media says nothing itself
 */
export function dtlsLinesOf(lines: readonly string[]): (DtlsLines | undefined)[] {
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([]);
    else if (isDtlsLine(line)) sections.at(-1)?.push(line);
  }
  const [session = [], ...media] = sections;
  return media.map(own => readSection(own, session));
}

function readSection(own: readonly string[], session: readonly string[]): DtlsLines | undefined {
  const values = (name: string) => {
    const found = valuesOf(own, name);
    return found.length > 0 ? found : valuesOf(session, name);
  };
  const named = values('fingerprint');
  if (named.length === 0) return undefined;
  const setup = values('setup')[0]?.toLowerCase();
  const tlsId = values('tls-id')[0];
  return {
    fingerprints: strongest(named.slice(0, MAX_FINGERPRINTS).flatMap(value => readFingerprint(value) ?? [])),
    setup: setup !== undefined && SETUPS.includes(setup) ? (setup as Setup) : null,
    tlsId: tlsId !== undefined && TLS_ID.test(tlsId) ? tlsId : null,
  };
}

function valuesOf(lines: readonly string[], name: string): string[] {
  return lines.flatMap(line => {
    const [, attribute, value = ''] = LINE.exec(line) ?? [];
    return attribute === name ? value.trim() : [];
  });
}

/** Null for a hash that we do not believe, or what is no fingerprint. */
export function readFingerprint(text: string): Fingerprint | null {
  const [name = '', value = '', ...more] = text.split(/ +/);
  const [hash, bytes] = HASHES.find(([known]) => known === name.toLowerCase()) ?? [];
  if (!hash || !bytes || more.length > 0 || value.length !== bytes * 3 - 1) return null;
  if (!/^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})*$/.test(value)) return null;
  return { hash, value: value.toUpperCase() };
}

function strongest(fingerprints: readonly Fingerprint[]): Fingerprint[] {
  const [best] = HASHES.find(([hash]) => fingerprints.some(each => each.hash === hash)) ?? [];
  return fingerprints.filter(({ hash }) => hash === best);
}

/** The lines that say it. */
export function writeDtlsLines({ fingerprints, setup, tlsId }: DtlsLines): string[] {
  return [
    ...fingerprints.map(({ hash, value }) => `a=fingerprint:${hash} ${value}`),
    ...(setup === null ? [] : [`a=setup:${setup}`]),
    ...(tlsId === null ? [] : [`a=tls-id:${tlsId}`]),
  ];
}
