import { CrosspointError } from '../base/errors.ts';
import type { ProjectId } from '../base/ids.ts';
import { type DirectSettings, directRoute } from '../calls/direct-route.ts';
import type { OutboundAttempt, OutboundRoute, OutboundRoutes, OutboundWish } from '../calls/outbound-routes.ts';
import { formatUri, type SipUri } from '../sip/message/uri.ts';
import { outgoingIdentity } from './identity.ts';
import { MAX_USER_LENGTH, numberOf, writeNumber } from './number-format.ts';
import type { InnerAgent } from './own-numbers/inner-agent.ts';
import type { OwnDomains } from './own-numbers/own-domains.ts';
import { destinationOf, PLAIN_RULES } from './policy/destination.ts';
import { refusal } from './refusal.ts';
import { termsFor } from './side-terms-of.ts';
import type { AdmittedOut, CallingPolicyPort, TrunkPort, TrunksPort, TrunkTarget } from './trunk-port.ts';
import { wishedCaller } from './wished-caller.ts';

export interface OutboundCallsOptions {
  readonly trunks: Pick<TrunksPort, 'forTarget'> & {
    /** One that is at that host all the same: by another port or transport, or by an address of its. */
    besideTarget(uri: SipUri): TrunkPort | null;
  };
  readonly policy: CallingPolicyPort;
  /** How calls are placed that no trunk takes. */
  readonly direct: DirectSettings;
  /** The domains that the box is itself, and the way in which it calls itself. */
  readonly inside: {
    readonly domains: Pick<OwnDomains, 'has'>;
    readonly agent: Pick<InnerAgent, 'agent' | 'hop' | 'mediaAddress'>;
  };
}

/**
 * Where the calls of applications go: over the trunk that has the dialled host among its targets, or whose name stands
 * in its place ("sip:+442071234567@carrier"); else straight to the address, as far as the policy lets them.
 */
export class OutboundCalls implements OutboundRoutes {
  readonly #options: OutboundCallsOptions;

  constructor(options: OutboundCallsOptions) {
    this.#options = options;
  }

  /** @throws CrosspointError policy.…, trunk.…, call.bad-uri */
  admit(project: ProjectId, wish: OutboundWish): OutboundRoute {
    const { policy, direct } = this.#options;
    refuseHiding(wish.target);
    if (this.#isInside(wish.target)) return this.#inside(project, wish);
    const { trunk, beside, destination } = this.#whereTo(wish.target);
    const admitted = policy.admitOut(project, trunk, destination, beside);
    try {
      const route = trunk ? trunkRoute(trunk, wish) : directRoute(wish, direct);
      return { ...route, ...durationOf(admitted), release: () => admitted.release() };
    } catch (error) {
      admitted.release();
      throw error;
    }
  }

  isEmergency(project: ProjectId, { target }: OutboundWish): boolean {
    const { trunk, beside, destination } = this.#whereTo(target);
    return this.#options.policy.isEmergency(project, trunk, destination, beside);
  }

  #isInside(target: SipUri): boolean {
    return this.#options.inside.domains.has(target);
  }

  /** It never leaves the box, whatever transport is asked for; who takes it there says who may (OwnNumberCalls). */
  #inside(project: ProjectId, wish: OutboundWish): OutboundRoute {
    const { policy, direct, inside } = this.#options;
    const { agent, hop, mediaAddress } = inside.agent;
    const { destination } = this.#whereTo(wish.target);
    const admitted = policy.admitOut(project, null, destination);
    const { attempts, ...route } = directRoute(
      { ...wish, target: { ...wish.target, scheme: 'sip' } },
      { ...direct, terms: { ...direct.terms, advertise: mediaAddress } },
    );
    const [attempt] = attempts;
    return {
      ...route,
      ...durationOf(admitted),
      attempts: [{ ...attempt, target: hop, agent }],
      release: () => admitted.release(),
    };
  }

  #whereTo(target: SipUri) {
    const { trunks } = this.#options;
    if (this.#isInside(target))
      return { trunk: null, beside: null, destination: destinationOf(target, PLAIN_RULES, true) };
    const trunk = trunks.forTarget(target);
    // Its port or address instead of its name is no way around the rules of a trunk.
    const beside = trunk ? null : trunks.besideTarget(target);
    const rules = (trunk ?? beside)?.config.numbers.in ?? PLAIN_RULES;
    return { trunk, beside, destination: destinationOf(target, rules, trunk !== null) };
  }
}

/**
 * Refuses what would go elsewhere than it says, or be longer than what the policy looks at.
 * @throws CrosspointError call.bad-uri
 */
function refuseHiding({ user, params }: SipUri): void {
  if (params.has('maddr'))
    throw new CrosspointError('call.bad-uri', 'The SIP URI must name the host that is called, not another one (maddr)');
  if (user !== null && user.length > MAX_USER_LENGTH)
    throw new CrosspointError(
      'call.bad-uri',
      `The user part of the SIP URI is longer than ${MAX_USER_LENGTH} characters`,
    );
}

/** @throws CrosspointError trunk.not-registered; sip.bad-uri */
function trunkRoute(trunk: TrunkPort, wish: OutboundWish): Omit<OutboundRoute, 'release'> {
  const { config, domain } = trunk;
  const { numbers, identity: policy, auth } = config;
  const [first, ...others] = trunk.orderedTargets();
  if (!first)
    throw refusal('trunk.not-registered', `The peer of trunk ${trunk.name} has not registered`, { retriable: true });
  const said = outgoingIdentity(wishedCaller(wish.from, numbers.in), {
    policy,
    domain,
    style: numbers.out,
    rules: numbers.in,
  });
  const { displayName, uri } = said.from;
  return {
    trunk: trunk.name,
    attempts: [attemptAt(trunk, first, wish), ...others.map(target => attemptAt(trunk, target, wish))],
    from: displayName === null ? { uri } : { displayName, uri },
    headers: said.headers,
    ...(auth && { auth }),
  };
}

function attemptAt(trunk: TrunkPort, target: TrunkTarget, wish: OutboundWish): OutboundAttempt {
  return {
    target: target.uri,
    requestUri: formatUri(calledUri(trunk, target, wish.target)),
    terms: termsFor(trunk.terms, target.media, wish.secure),
    firstResponseMs: target.timeoutMs,
    unreachable: () => trunk.targetFailed(target),
  };
}

/**
 * The number as the peer wants it, at the host of the target. An address without a user, or with the name by which a
 * registered peer calls itself, calls just that: a phone knows no other name.
 */
function calledUri({ config }: TrunkPort, { requestUri }: TrunkTarget, dialled: SipUri): SipUri {
  const { login, numbers } = config;
  const number = numberOf(dialled, numbers.in);
  const isItself = number.text === '' || number.text === login?.username || number.text === requestUri.user;
  return isItself ? requestUri : { ...requestUri, user: writeNumber(number, numbers.out, numbers.in) };
}

function durationOf({ maxSeconds }: AdmittedOut): { maxDurationMs?: number } {
  return maxSeconds === null ? {} : { maxDurationMs: maxSeconds * 1000 };
}
