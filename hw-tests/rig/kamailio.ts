import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Certificate } from './certificates.ts';
import { type Child, startChild } from './children.ts';
import { freePort } from './free-ports.ts';
import { until } from './until.ts';

export interface KamailioOptions {
  /** Who may register, and with `challenge` call: name → password. */
  readonly users?: Readonly<Record<string, string>>;
  /** Asks callers for a password too (407). */
  readonly challenge?: boolean;
  /** Where calls go that are for nobody registered: user part → URIs, all of which ring at once. */
  readonly routes?: Readonly<Record<string, readonly string[]>>;
  /** Speaks TLS as well; with `clientCaFile` only to those who show a certificate of that authority. */
  readonly tls?: Certificate & { readonly clientCaFile?: string };
  /** Longest registration that it grants, s. */
  readonly maxExpiresS?: number;
  /** How long an INVITE may ring at each branch, ms. */
  readonly ringMs?: number;
}

const HOST = '127.0.0.1';

/** Debian's Kamailio as proxy and registrar: Record-Route, digest, parallel forking, UDP, TCP and TLS. */
export class Kamailio {
  readonly port: number;
  readonly tlsPort: number;
  readonly realm = 'kamailio.test';
  readonly #options: KamailioOptions;
  readonly #folder: string;
  #child: Child | undefined;

  static async start(options: KamailioOptions = {}): Promise<Kamailio> {
    const proxy = new Kamailio(await freePort(HOST), await freePort(HOST), options);
    await proxy.start();
    return proxy;
  }

  private constructor(port: number, tlsPort: number, options: KamailioOptions) {
    this.port = port;
    this.tlsPort = tlsPort;
    this.#options = options;
    this.#folder = mkdtempSync(path.join(os.tmpdir(), 'km-'));
  }

  uri(user: string, transport: 'udp' | 'tcp' = 'udp'): string {
    return `sip:${user}@${HOST}:${this.port};transport=${transport}`;
  }

  /** Again after stop(): it has forgotten who had registered. */
  async start(): Promise<void> {
    const file = path.join(this.#folder, 'kamailio.cfg');
    writeFileSync(file, this.#config(this.#options), { mode: 0o600 });
    const args = [
      ...['-f', file, '-P', path.join(this.#folder, 'pid'), '-Y', this.#folder, '-w', this.#folder],
      ...['-DD', '-E', '-m', '32', '-M', '4'],
    ];
    this.#child = await startChild('kamailio', '/usr/sbin/kamailio', args, { forks: true });
    await until('kamailio to be ready', () => this.#child?.output().includes('started for the test'), {
      state: () => this.#child?.output(),
    });
  }

  output(): string {
    return this.#child?.output() ?? '';
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #config({ users = {}, challenge = false, routes = {}, tls, ringMs = 60_000, maxExpiresS }: KamailioOptions): string {
    const { port, tlsPort, realm } = this;
    const modules = [
      'tm',
      'sl',
      'rr',
      'pv',
      'maxfwd',
      'usrloc',
      'registrar',
      'textops',
      'siputils',
      'corex',
      'xlog',
      'auth',
      'kex',
    ];
    if (tls) modules.push('tls');
    const passwords = Object.entries(users).map(
      ([name, password]) => `  if ($au == "${name}") { $var(password) = "${password}"; }`,
    );
    const targets = Object.entries(routes).map(([user, uris]) => {
      const [first, ...others] = uris;
      const branches = others.map(uri => `append_branch("${uri}");`).join(' ');
      return `  if ($rU == "${user}") { $ru = "${first}"; ${branches} route(RELAY); }`;
    });
    return `#!KAMAILIO
debug=1
log_stderror=yes
memdbg=5
memlog=5
children=2
tcp_children=1
auto_aliases=no
alias="${realm}"
listen=udp:${HOST}:${port}
listen=tcp:${HOST}:${port}
${tls ? `enable_tls=yes\nlisten=tls:${HOST}:${tlsPort}` : ''}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/:/usr/lib/aarch64-linux-gnu/kamailio/modules/"
${modules.map(name => `loadmodule "${name}.so"`).join('\n')}
modparam("tm", "fr_timer", 5000)
modparam("tm", "fr_inv_timer", ${ringMs})
modparam("rr", "enable_full_lr", 1)
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_contacts", 5)
${maxExpiresS === undefined ? '' : `modparam("registrar", "max_expires", ${maxExpiresS})`}
modparam("auth", "secret", "of the test")
${
  tls
    ? `modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "${tls.certificateFile}")
modparam("tls", "private_key", "${tls.keyFile}")`
    : ''
}
${
  tls?.clientCaFile
    ? `modparam("tls", "ca_list", "${tls.clientCaFile}")
modparam("tls", "verify_certificate", 1)
modparam("tls", "require_certificate", 1)`
    : ''
}

event_route[core:worker-one-init] {
  xlog("L_ERR", "started for the test\\n");
}

request_route {
  ${tls ? 'if (proto == TLS && is_method("INVITE")) { xlog("L_ERR", "asked for $tls_peer_server_name by $tls_peer_subject_cn\\n"); }' : ''}
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) { t_relay(); } exit; }
  if (has_totag()) {
    if (loose_route()) { route(RELAY); }
    if (is_method("ACK")) { if (t_check_trans()) { t_relay(); } exit; }
    sl_send_reply("404", "Not Here");
    exit;
  }
  t_check_trans();
  if (is_method("OPTIONS") && uri == myself) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) {
    route(PASSWORD);
    if (!pv_www_authenticate("${realm}", "$var(password)", "0")) {
      xlog("L_ERR", "challenged $fU\\n");
      www_challenge("${realm}", "1");
      exit;
    }
    xlog("L_ERR", "registers $fU: $ct\\n");
    save("location");
    exit;
  }
  ${
    challenge
      ? `if (is_method("INVITE")) {
    route(PASSWORD);
    if (!pv_proxy_authenticate("${realm}", "$var(password)", "0")) { proxy_challenge("${realm}", "1"); exit; }
    consume_credentials();
  }`
      : ''
  }
  remove_hf("Route");
  record_route();
  route(TARGETS);
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  route(RELAY);
}

route[PASSWORD] {
  $var(password) = "no such user";
${passwords.join('\n')}
}

route[TARGETS] {
${targets.join('\n')}
  return;
}

route[RELAY] {
  if (!t_relay()) { sl_reply_error(); }
  exit;
}
`;
  }
}
