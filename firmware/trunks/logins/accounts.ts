import type { ProjectId } from '../../base/ids.ts';
import type { Project, Projects } from '../../config/projects.ts';

/** The logins of tenants (CONTRACT §5): who knows one may call the tenant's own numbers, from anywhere, and nothing else. */
export class Accounts {
  readonly #projects: Projects;
  readonly #secrets: ReadonlyMap<string, string>;

  constructor(projects: Projects) {
    this.#projects = projects;
    this.#secrets = new Map(
      [...projects.values()].flatMap(project => {
        const account = accountOf(project);
        return account ? [[account.apiKey, account.apiSecret] as const] : [];
      }),
    );
  }

  /** User names and passwords. */
  get logins(): Iterable<readonly [user: string, password: string]> {
    return this.#secrets;
  }

  has(user: string): boolean {
    return this.#secrets.has(user);
  }

  /** Whether a login is needed for the numbers of a tenant, where it is dialled by its domain. */
  guards(project: ProjectId): boolean {
    return this.#tenant(project).some(each => accountOf(each) !== undefined);
  }

  /** Whether that login is the tenant's. */
  opens(user: string, project: ProjectId): boolean {
    return this.#tenant(project).some(each => accountOf(each)?.apiKey === user);
  }

  /** Whether both are ids of one tenant. */
  areOne(one: ProjectId, other: ProjectId): boolean {
    return one === other || (this.#projects.get(one)?.siblings ?? []).includes(other);
  }

  #tenant(id: ProjectId): Project[] {
    const project = this.#projects.get(id);
    return project ? [project, ...(project.siblings ?? []).flatMap(each => this.#projects.get(each) ?? [])] : [];
  }
}

function accountOf(project: Project) {
  return 'account' in project ? project.account : undefined;
}
