import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { NumberRoute } from '../../config/number-schema.ts';
import type { VonageProject } from '../../config/projects.ts';
import { parseForwardTarget } from '../../trunks/forward-target.ts';

/** What a number is to do from now on. */
export type NumberChange =
  | {
      readonly kind: 'forward';
      readonly project: ProjectId;
      readonly msisdn: string;
      readonly targets: readonly string[];
    }
  /** What the configuration says of it. */
  | { readonly kind: 'application'; readonly project: ProjectId; readonly msisdn: string }
  /** Nothing that is about calls. */
  | { readonly kind: 'nothing' };

export interface NumberUpdateParts {
  /** Of the account that asks. */
  readonly applications: readonly VonageProject[];
  /** `numbers` of the configuration. */
  readonly routes: readonly NumberRoute[];
  /** @throws CrosspointError trunk.none-for-numbers, call.bad-uri */
  readonly numberTarget: (project: ProjectId, number: string) => string;
}

const MAX_TARGETS = 16;

/**
 * Reads the form of `number/update`.
 * @throws CrosspointError http.bad-request with what is wrong; trunk.none-for-numbers
 */
export function numberChange(fields: Readonly<Record<string, unknown>>, parts: NumberUpdateParts): NumberChange {
  const { country, msisdn, voiceCallbackType: type, voiceCallbackValue: value = '' } = textsOf(fields);
  if (!/^[A-Z]{2}$/i.test(country ?? '')) throw bad('country must be two letters, such as GB');
  const number = (msisdn ?? '').replace(/^(\+|00)/, '');
  if (!/^[0-9]{3,15}$/.test(number)) throw bad('msisdn must be a number such as 447700900000');
  const owner = ownerOf(number, parts);
  if (!owner) throw bad('msisdn is no number of this account');
  switch (type?.toLowerCase()) {
    case undefined:
    case '':
      return { kind: 'nothing' };
    case 'sip':
      return { kind: 'forward', project: owner.id, msisdn: number, targets: sipTargets(value) };
    case 'tel':
      return { kind: 'forward', project: owner.id, msisdn: number, targets: [parts.numberTarget(owner.id, value)] };
    case 'app':
      if (!hasNumber(owner, number) || (value !== '' && value !== owner.id))
        throw bad('voiceCallbackValue must be the application to which the configuration gives the number');
      return { kind: 'application', project: owner.id, msisdn: number };
    default:
      throw bad('voiceCallbackType must be sip, tel or app');
  }
}

/** Comma separated; each may have `;timeout=`, `;transport=` and `;media=` (CONTRACT §5). */
function sipTargets(value: string): string[] {
  const targets = value
    .split(',')
    .map(text => text.trim())
    .filter(text => text !== '')
    .map(text => (/^sips?:/i.test(text) ? text : `sip:${text}`));
  if (targets.length === 0 || targets.length > MAX_TARGETS)
    throw bad(`voiceCallbackValue must be 1 to ${MAX_TARGETS} SIP addresses, separated by commas`);
  for (const target of targets) {
    try {
      parseForwardTarget(target);
    } catch (error) {
      if (!(error instanceof CrosspointError)) throw error;
      throw bad(`voiceCallbackValue: ${error.message}`);
    }
  }
  return targets;
}

function ownerOf(number: string, { applications, routes }: NumberUpdateParts): VonageProject | undefined {
  const answers = applications.find(application => hasNumber(application, number));
  if (answers) return answers;
  const route = routes.find(each => each.number?.replace(/^\+/, '') === number);
  return applications.find(({ id, siblings = [] }) =>
    route?.project === undefined ? false : [id, ...siblings].includes(route.project as ProjectId),
  );
}

function hasNumber({ numbers = [] }: VonageProject, number: string): boolean {
  return numbers.some(({ msisdn }) => msisdn.replace(/^\+/, '') === number);
}

function textsOf(fields: Readonly<Record<string, unknown>>): Partial<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value.trim()]] : [])),
  );
}

function bad(message: string): CrosspointError {
  return new CrosspointError('http.bad-request', message);
}
