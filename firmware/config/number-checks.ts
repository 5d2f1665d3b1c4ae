import { nearestName } from './nearest.ts';
import type { NumberRoute } from './number-schema.ts';
import { idsOfProject } from './project-checks.ts';
import type { Config } from './schema.ts';
import { isMismatch, readTarget } from './target-checks.ts';
import type { Mismatch } from './validate.ts';
import type { Path } from './yaml-source.ts';

type Parts = Pick<Config, 'numbers' | 'trunks' | 'projects' | 'numbersVia'>;

/** Routes that contradict themselves, each other, or name what is not there. */
export function numberProblems(config: Parts): Mismatch[] {
  return [
    ...config.numbers.flatMap((route, index) => {
      const path = ['numbers', index];
      return [
        ...onlyOne(route, ['number', 'prefix', 'pattern'], path),
        ...onlyOne(route.to, ['room', 'session', 'builtin', 'pins', 'forward', 'reject'], [...path, 'to']),
        ...knownTrunk(route, config, path),
        ...knownProject(route, config, path),
        ...forwards(route, config, path),
      ];
    }),
    ...twice(config.numbers),
    ...ownedTwice(config),
    ...via(config),
  ];
}

function onlyOne(group: object, keys: readonly string[], path: Path): Mismatch[] {
  const present = keys.filter(key => key in group);
  if (present.length === 1) return [];
  const got = present.length === 0 ? 'none' : present.join(' and ');
  return [{ path, message: `expected one of ${keys.join(', ')}, got ${got}` }];
}

function knownTrunk({ trunk }: NumberRoute, { trunks }: Parts, path: Path): Mismatch[] {
  const message = trunk === undefined ? null : unknownTrunk(trunk, trunks);
  return message === null ? [] : [{ path: [...path, 'trunk'], message }];
}

function unknownTrunk(name: string, trunks: Parts['trunks']): string | null {
  const names = trunks.map(trunk => trunk.name);
  if (names.includes(name)) return null;
  const nearest = nearestName(name, names);
  return nearest === undefined
    ? `there is no trunk "${name}": trunks is empty`
    : `there is no trunk "${name}"; did you mean "${nearest}"?`;
}

function knownProject({ project }: NumberRoute, { projects = [] }: Parts, path: Path): Mismatch[] {
  const keys = projects.flatMap(idsOfProject);
  if (project === undefined || keys.includes(project)) return [];
  const nearest = nearestName(project, keys);
  const hint = nearest === undefined ? 'projects names none' : `did you mean "${nearest}"?`;
  return [{ path: [...path, 'project'], message: `there is no project "${project}"; ${hint}` }];
}

function forwards({ to }: NumberRoute, { trunks }: Parts, path: Path): Mismatch[] {
  return (to.forward ?? []).flatMap((text, index) => {
    const at = [...path, 'to', 'forward', index];
    const target = readTarget(text, at);
    if (isMismatch(target)) return [target];
    if (target.kind === 'registered')
      return [{ path: at, message: '"registered" is a target of a trunk; write trunk:name here' }];
    if (target.kind !== 'trunk') return [];
    const message = unknownTrunk(target.trunk, trunks) ?? uncallable(target.trunk, trunks);
    return message === null ? [] : [{ path: at, message }];
  });
}

function uncallable(name: string, trunks: Parts['trunks']): string | null {
  const trunk = trunks.find(each => each.name === name);
  return trunk?.targets.length === 0 ? `trunk "${name}" has no targets: nothing can be called there` : null;
}

/** Where scripts call numbers. */
function via({ numbersVia, projects = [], trunks }: Parts): Mismatch[] {
  const named: [string | undefined, Path][] = [
    [numbersVia, ['numbersVia']],
    ...projects.map((project, index): [string | undefined, Path] => [
      project.numbersVia,
      ['projects', index, 'numbersVia'],
    ]),
  ];
  return named.flatMap(([trunk, path]) => {
    const message = trunk === undefined ? null : (unknownTrunk(trunk, trunks) ?? uncallable(trunk, trunks));
    return message === null ? [] : [{ path, message }];
  });
}

function twice(routes: readonly NumberRoute[]): Mismatch[] {
  const seen = new Set<string>();
  return routes.flatMap(({ number, prefix, trunk }, index) => {
    const what = number ?? (prefix === undefined ? 'any' : `prefix ${prefix}`);
    const whose = trunk === undefined ? '' : ` from trunk ${trunk}`;
    const key = `${number === undefined ? '' : 'number '}${what}${whose}`;
    if (seen.has(key)) return [{ path: ['numbers', index], message: `${what}${whose} has a route above` }];
    seen.add(key);
    return [];
  });
}

/** A number has one application. */
function ownedTwice({ projects = [] }: Parts): Mismatch[] {
  const seen = new Set<string>();
  return projects.flatMap((project, index) =>
    (['vonage', 'twilio'] as const).flatMap(kind =>
      (project[kind]?.numbers ?? []).flatMap(({ msisdn }, at) => {
        const number = msisdn.replace(/^\+/, '');
        const isNew = !seen.has(number);
        seen.add(number);
        return isNew
          ? []
          : [
              {
                path: ['projects', index, kind, 'numbers', at],
                message: `${number} is answered by an application above`,
              },
            ];
      }),
    ),
  );
}
