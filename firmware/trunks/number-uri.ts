import { CrosspointError } from '../base/errors.ts';
import type { ProjectId } from '../base/ids.ts';
import type { TrunkConfig } from '../config/trunk-schema.ts';
import { formatUri } from '../sip/message/uri.ts';
import { dialledNumber } from './own-numbers/msisdn.ts';
import { NUMBERS_HOST } from './own-numbers/own-domains.ts';

export interface NumberUriParts {
  readonly trunks: readonly Pick<TrunkConfig, 'name' | 'targets'>[];
  /** `numbersVia` of a tenant, else of the box. */
  readonly via: (project: ProjectId) => string | undefined;
  /** Whether the box answers that number itself: it has "+" where it is E.164. */
  readonly isOwn: (number: string) => boolean;
}

/**
 * The SIP URI by which a script calls a number: over the trunk of its tenant, of the box, or the only one that has
 * targets. A number that the box answers itself stays inside.
 *
 * @throws CrosspointError call.bad-uri for what is no number; trunk.none-for-numbers
 */
export function numberUri({ trunks, via, isOwn }: NumberUriParts, project: ProjectId, number: string): string {
  const user = numberToDial(number);
  return uri(user, isOwn(user) ? NUMBERS_HOST : (via(project) ?? onlyTrunk(trunks)));
}

/**
 * The forward target by which a number is called on the telephone network.
 * @throws as `numberUri`
 */
export function numberTarget(
  { trunks, via }: Pick<NumberUriParts, 'trunks' | 'via'>,
  project: ProjectId,
  number: string,
): string {
  return `trunk:${via(project) ?? onlyTrunk(trunks)}/${numberToDial(number)}`;
}

/** @throws CrosspointError call.bad-uri */
function numberToDial(number: string): string {
  const user = dialledNumber(number);
  if (user !== null) return user;
  throw new CrosspointError('call.bad-uri', `"${number.slice(0, 40)}" is no number that can be called`);
}

function onlyTrunk(trunks: NumberUriParts['trunks']): string {
  const callable = trunks.filter(({ targets }) => targets.length > 0);
  const [only] = callable;
  if (only && callable.length === 1) return only.name;
  throw new CrosspointError(
    'trunk.none-for-numbers',
    callable.length === 0
      ? 'No trunk leads to the telephone network: write one with targets under trunks'
      : `Several trunks have targets (${callable.map(({ name }) => name).join(', ')}): write which one calls numbers as numbersVia, of the project or of the box`,
  );
}

function uri(user: string, host: string): string {
  return formatUri({ scheme: 'sip', user, password: null, host, port: null, params: new Map(), headers: null });
}
