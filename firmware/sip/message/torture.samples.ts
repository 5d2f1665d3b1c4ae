import { readFileSync } from 'node:fs';

/** All 49 messages of RFC 4475 §3, in its order, by the names that it gives them. */
export const VALID = [
  'wsinv',
  'intmeth',
  'esc01',
  'escnull',
  'esc02',
  'lwsdisp',
  'longreq',
  'dblreq',
  'semiuri',
  'transports',
  'mpart01',
  'unreason',
  'noreason',
] as const;

export const INVALID = [
  'badinv01',
  'clerr',
  'ncl',
  'scalar02',
  'scalarlg',
  'quotbal',
  'ltgtruri',
  'lwsruri',
  'lwsstart',
  'trws',
  'escruri',
  'baddate',
  'regbadct',
  'badaspec',
  'baddn',
  'badvers',
  'mismatch01',
  'mismatch02',
  'bigcode',
] as const;

/** §3.2 to §3.4: parsers must take them, what is above them may not. */
export const SEMANTIC = [
  'badbranch',
  'insuf',
  'unkscm',
  'novelsc',
  'unksm2',
  'bext01',
  'invut',
  'regaut01',
  'multi01',
  'mcl01',
  'bcast',
  'zeromf',
  'cparam01',
  'cparam02',
  'regescrt',
  'sdp01',
  'inv2543',
] as const;

export const RFC_4475 = [...VALID, ...INVALID, ...SEMANTIC] as const;
export type TortureName = (typeof RFC_4475)[number];

/**
 * The bytes that the RFC prints, its markup for long lines, repetitions and bytes resolved. What the archive at its end
 * does otherwise (a blank line behind bodies, none behind the header of baddn) is left out.
 */
export function torture(name: TortureName): Buffer {
  return read('rfc4475', name);
}

/**
 * RFC 5118 §4, IPv6, in its order. Where the RFC miscounts a description (§4.6, §4.8, §4.9) Content-Length is what the
 * message has.
 */
export const RFC_5118 = [
  'ipv6-good',
  'ipv6-bad',
  'port-ambiguous',
  'port-unambiguous',
  'via-received-param-with-delim',
  'via-received-param-no-delim',
  'ipv6-in-sdp',
  'mult-ip-in-header',
  'mult-ip-in-sdp',
  'ipv4-mapped-ipv6',
  'ipv6-bug-abnf-3-colons',
  'ipv6-correct-abnf-2-colons',
] as const;
export type Ipv6TortureName = (typeof RFC_5118)[number];

export function ipv6Torture(name: Ipv6TortureName): Buffer {
  return read('rfc5118', name);
}

function read(folder: string, name: string): Buffer {
  return readFileSync(new URL(`${folder}/${name}.dat`, import.meta.url));
}
