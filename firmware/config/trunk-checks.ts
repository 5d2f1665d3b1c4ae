import type { ForwardTarget } from '../trunks/forward-target.ts';
import { overlaps } from './range-overlap.ts';
import type { Config } from './schema.ts';
import { isMismatch, readTarget } from './target-checks.ts';
import type { TrunkConfig } from './trunk-schema.ts';
import type { Mismatch } from './validate.ts';
import type { Path } from './yaml-source.ts';

type Check = (trunk: TrunkConfig, path: Path) => Mismatch[];

/** Keys of trunks that contradict each other. */
export function trunkProblems({ trunks }: Pick<Config, 'trunks'>): Mismatch[] {
  const checks: Check[] = [targets, reachability, registration, certificates, numberFormats];
  return [
    ...trunks.flatMap((trunk, index) => checks.flatMap(check => check(trunk, ['trunks', index]))),
    ...sameNames(trunks),
    ...sameLogins(trunks),
    ...sharedSources(trunks),
  ];
}

function targets(trunk: TrunkConfig, path: Path): Mismatch[] {
  const found = trunk.targets.flatMap((text, index) => {
    const at = [...path, 'targets', index];
    const target = readTarget(text, at);
    if (isMismatch(target)) return [target];
    const message = targetProblem(target, trunk);
    return message === null ? [] : [{ path: at, message }];
  });
  if (trunk.balance > Math.max(1, trunk.targets.length))
    found.push({
      path: [...path, 'balance'],
      message: `${trunk.balance} targets cannot share the calls: there are ${trunk.targets.length}`,
    });
  return found;
}

function targetProblem(target: ForwardTarget, { registrations, media }: TrunkConfig): string | null {
  if (target.kind === 'trunk') return 'a trunk cannot lead to another trunk; that is for numbers[].to.forward';
  if (target.kind === 'registered' && !registrations)
    return 'the target "registered" needs registrations: true on this trunk';
  if ((media === 'srtp' || media === 'dtls-srtp') && (target.media === 'rtp' || target.media === 'prefer-srtp'))
    return `media=${target.media} contradicts media: ${media} of this trunk`;
  return null;
}

/** A trunk that neither calls nor is called does nothing. */
function reachability({ targets, sources, login, registrations, auth, register }: TrunkConfig, path: Path): Mismatch[] {
  const found: Mismatch[] = [];
  if (targets.length === 0 && sources.length === 0 && login === undefined)
    found.push({ path, message: 'a trunk needs targets (to call it), or sources or login (to be called by it)' });
  if (registrations && login === undefined)
    found.push({ path: [...path, 'registrations'], message: 'registrations need login: nobody registers unproven' });
  if (targets.length === 0 && auth !== undefined && register === undefined)
    found.push({ path: [...path, 'auth'], message: 'auth is for calls to targets, and there are none' });
  return found;
}

function registration({ register, targets, auth, identity }: TrunkConfig, path: Path): Mismatch[] {
  if (register === undefined) return [];
  const at = [...path, 'register'];
  const found: Mismatch[] = [];
  if (register.registrar !== undefined) {
    const registrar = readTarget(register.registrar, [...at, 'registrar']);
    if (isMismatch(registrar)) found.push(registrar);
    else if (registrar.kind !== 'uri')
      found.push({ path: [...at, 'registrar'], message: 'a registrar is a sip: or sips: URI' });
  } else if (!targets.some(text => /^sips?:/i.test(text)))
    found.push({ path: at, message: 'register needs registrar: no target is a SIP URI' });
  if (register.user === undefined && auth === undefined && identity.number === undefined)
    found.push({ path: at, message: 'register needs user: neither auth nor identity.number says who we are' });
  return found;
}

function certificates({ tls }: TrunkConfig, path: Path): Mismatch[] {
  if ((tls.certificateFile === undefined) === (tls.keyFile === undefined)) return [];
  const [given, missing] = tls.keyFile === undefined ? ['certificateFile', 'keyFile'] : ['keyFile', 'certificateFile'];
  return [{ path: [...path, 'tls'], message: `${given} needs ${missing} beside it` }];
}

function numberFormats({ numbers }: TrunkConfig, path: Path): Mismatch[] {
  if (numbers.out !== 'national' || numbers.in.country !== undefined) return [];
  return [
    { path: [...path, 'numbers', 'out'], message: 'national numbers need numbers.in.country: of which country?' },
  ];
}

function sameNames(trunks: readonly TrunkConfig[]): Mismatch[] {
  return duplicates(trunks, ({ name }) => name).map(index => ({
    path: ['trunks', index, 'name'],
    message: `"${trunks[index]?.name}" is the name of another trunk above`,
  }));
}

/** The name alone says which trunk it is that shows a password. */
function sameLogins(trunks: readonly TrunkConfig[]): Mismatch[] {
  return duplicates(trunks, ({ login }) => login?.username).map(index => ({
    path: ['trunks', index, 'login', 'username'],
    message: `"${trunks[index]?.login?.username}" is the login of another trunk above`,
  }));
}

function duplicates<T>(list: readonly T[], keyOf: (each: T) => string | undefined): number[] {
  const seen = new Set<string>();
  return list.flatMap((each, index) => {
    const key = keyOf(each);
    if (key === undefined) return [];
    if (seen.has(key)) return [index];
    seen.add(key);
    return [];
  });
}

/** A caller that two trunks know by its address alone would be either; a login tells them apart. */
function sharedSources(trunks: readonly TrunkConfig[]): Mismatch[] {
  const sources = trunks.flatMap(({ login, sources }, owner) =>
    login === undefined ? sources.map(range => ({ range, owner })) : [],
  );
  return overlaps(sources).map(({ inner, outer }) => {
    const [first, second] = [Math.min(inner.owner, outer.owner), Math.max(inner.owner, outer.owner)];
    const name = trunks[first]?.name;
    const message = `${inner.range} belongs to trunk "${name}" too; give one of them a login, or parted sources`;
    return { path: ['trunks', second, 'sources'], message };
  });
}
