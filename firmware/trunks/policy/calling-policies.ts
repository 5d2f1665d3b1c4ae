import type { Clock } from '../../base/clock.ts';
import type { ProjectId } from '../../base/ids.ts';
import type { PolicyConfig } from '../../config/policy-schema.ts';
import type { Projects } from '../../config/projects.ts';
import { CallRate } from '../call-rate.ts';
import { type CallDestination, checkPolicy, type PolicyLevel } from '../calling-policy.ts';
import { refusal } from '../refusal.ts';
import type { Trunk } from '../trunk.ts';
import type { AdmittedOut, CallingPolicyPort, TrunkPort } from '../trunk-port.ts';

export interface CallingPoliciesOptions {
  /** Of the box: every call meets it. */
  readonly general: PolicyConfig;
  readonly projects: Projects;
  /** `Trunks`. */
  readonly trunks: { byName(name: string): Trunk | null };
  readonly clock: Clock;
}

interface Level {
  readonly of: string;
  readonly rules: PolicyConfig;
  readonly rate: CallRate;
}

/** The rules for calls out with the calls that count against them: of the box, of each project, of each trunk. */
export class CallingPolicies implements CallingPolicyPort {
  readonly #options: CallingPoliciesOptions;
  readonly #general: Level;
  readonly #projects: ReadonlyMap<ProjectId, Level>;
  /** Made when a trunk has its first call. */
  readonly #trunks = new Map<Trunk, Level>();

  constructor(options: CallingPoliciesOptions) {
    this.#options = options;
    this.#general = this.#level('the box', options.general);
    const entries = [...options.projects].flatMap(([id, { policy }]) =>
      policy ? [[id, this.#level(`project ${id}`, policy)] as const] : [],
    );
    this.#projects = new Map(entries);
  }

  admitOut(
    project: ProjectId,
    trunk: TrunkPort | null,
    destination: CallDestination,
    beside: TrunkPort | null = null,
  ): AdmittedOut {
    const known = trunk && this.#options.trunks.byName(trunk.name);
    const neighbour = beside && this.#options.trunks.byName(beside.name);
    try {
      return this.#admit(project, known, destination, neighbour);
    } catch (error) {
      (known ?? neighbour)?.countRefusal((error as { code?: string }).code ?? 'unknown');
      throw error;
    }
  }

  isEmergency(
    project: ProjectId,
    trunk: TrunkPort | null,
    destination: CallDestination,
    beside: TrunkPort | null = null,
  ): boolean {
    const at = trunk ?? beside;
    const levels = this.#levels(project, at && this.#options.trunks.byName(at.name));
    const verdict = checkPolicy(levels.map(policyLevel), destination);
    return verdict.kind === 'allowed' && verdict.emergency;
  }

  #admit(project: ProjectId, trunk: Trunk | null, destination: CallDestination, neighbour: Trunk | null): AdmittedOut {
    const levels = this.#levels(project, trunk ?? neighbour);
    const verdict = checkPolicy(levels.map(policyLevel), destination);
    if (verdict.kind === 'refused') throw refusal(verdict.code, verdict.message, { retriable: verdict.retriable });
    // Nobody who calls for help is told that all lines are busy here; the peer has the last word.
    if (!verdict.emergency) trunk?.refuseIfFull();
    const ends = levels.map(({ rate }) => rate.begin());
    const admitted = trunk?.begin('out');
    const release = () => {
      for (const end of ends) end();
      admitted?.release();
    };
    return { maxSeconds: verdict.maxSeconds, release };
  }

  #levels(project: ProjectId, trunk: Trunk | null): Level[] {
    const ofProject = this.#projects.get(project);
    const ofTrunk = trunk && this.#levelOf(trunk);
    return [this.#general, ...(ofProject ? [ofProject] : []), ...(ofTrunk ? [ofTrunk] : [])];
  }

  #levelOf(trunk: Trunk): Level | null {
    const { policy } = trunk.config;
    if (!policy) return null;
    const known = this.#trunks.get(trunk);
    if (known) return known;
    const made = this.#level(`trunk ${trunk.name}`, policy);
    this.#trunks.set(trunk, made);
    return made;
  }

  #level(of: string, rules: PolicyConfig): Level {
    return { of, rules, rate: new CallRate(this.#options.clock, rules) };
  }
}

function policyLevel({ of, rules, rate }: Level): PolicyLevel {
  return { of, rules, full: rate.full };
}
