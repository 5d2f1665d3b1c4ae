import { VERSION } from '../pipelines/version.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { addressMatcher } from './config/address.ts';
import type { Projects } from './config/projects.ts';
import type { Config } from './config/schema.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { TraceBook } from './sip/trace/trace-book.ts';
import type { UserAgent, UserAgentOptions } from './sip/user-agent/user-agent.ts';
import { TlsRenewal } from './tls-renewal.ts';
import { Accounts } from './trunks/logins/accounts.ts';
import { InnerAgent } from './trunks/own-numbers/inner-agent.ts';
import { unreachableOverTls } from './trunks/trunk-tls.ts';
import type { TrunkView } from './trunks/trunk-view.ts';
import { Trunks } from './trunks/trunks.ts';
import { userAgentOf } from './user-agent-of.ts';

export interface SipParts {
  readonly lifecycle: Pick<Lifecycle, 'run'>;
  readonly projects: Projects;
  readonly book: TraceBook;
  readonly trunkChanged: (view: TrunkView) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who may call tone, echo and room-<name>. */
export interface BuiltinSources {
  has(address: string): boolean;
  become(ranges: Config['builtinNumbers']['allowFrom']): void;
}

export interface Sip {
  readonly accounts: Accounts;
  /** Not started: whoever takes calls is to be there before. */
  readonly trunks: Trunks;
  readonly renewal: TlsRenewal;
  readonly userAgent: UserAgent;
  readonly inner: InnerAgent;
  readonly builtinSources: BuiltinSources;
}

/** What speaks SIP: the stack towards the world, the one by which the box calls itself, and the trunks over them. */
export async function sipOf(config: Config, parts: SipParts): Promise<Sip> {
  const { lifecycle, projects, book, trunkChanged, clock, log } = parts;
  const tap: UserAgentOptions['tap'] = (direction, bytes, local, remote) =>
    book.record(direction, bytes, local, remote);
  let isBuiltinSource = addressMatcher(config.builtinNumbers.allowFrom);
  const accounts = new Accounts(projects);
  const trunks: Trunks = new Trunks({ config, agent: () => userAgent, accounts, clock, log, changed: trunkChanged });
  const renewal = new TlsRenewal({ config, agent: () => userAgent, clock, log });
  const userAgent: UserAgent = userAgentOf(config, {
    clock,
    log,
    tap,
    gatekeeper: trunks.gatekeeper,
    isTrusted: source => trunks.isTrusted(source) || isBuiltinSource(source.address),
    tlsClientFor: renewal.clientFor,
  });
  userAgent.onRequest = trunks.takeRequest;
  await lifecycle.run(userAgent);
  const inner = new InnerAgent({ clock, log, tap, name: `Crosspoint/${VERSION}`, mediaHost: config.media.host });
  await lifecycle.run(inner);
  await lifecycle.run(renewal);
  for (const trunk of unreachableOverTls(config))
    log.warn(
      { trunk },
      'the trunk is called over TLS, but no TLS listener is configured: its peer may not be able to hang up',
    );
  const builtinSources: BuiltinSources = {
    has: address => isBuiltinSource(address),
    become: ranges => {
      isBuiltinSource = addressMatcher(ranges);
      userAgent.trustChanged();
    },
  };
  return { accounts, trunks, renewal, userAgent, inner, builtinSources };
}
