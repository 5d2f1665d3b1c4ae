import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { Box, type BoxFacts } from './box.ts';
import { type Child, type ChildExit, startChild } from './children.ts';
import { freePort, freePortRange } from './free-ports.ts';
import { type Figures, figuresOf, processesWith } from './processes.ts';
import { until } from './until.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const main = path.join(root, 'dist/firmware/main.js');
const HOST = '127.0.0.1';
/** Legs that the box of a test may have at a time: each takes two ports. */
const LEGS = 200;

export interface OwnBoxOptions {
  readonly sipMonitoringUrl?: string;
  readonly sessionMonitoringUrl?: string;
  /** An external broker instead of the embedded one. */
  readonly mqttUrl?: string;
  /** Calling policy of the project. */
  readonly policy?: object;
  /** Of the project: whether its moderators place calls; default false. */
  readonly clientsMayDial?: boolean;
  /** The same tenant's application of Vonage. */
  readonly vonage?: object;
  /** Beside the project of the box. */
  readonly moreProjects?: readonly object[];
  /** Those of media.codecs; default: what a box without a word about them has. */
  readonly codecs?: readonly string[];
  /** First and last; default: a range that stays this process's after the box has ended. */
  readonly rtpPorts?: readonly [number, number];
  /** Keys of `http` beside its port. */
  readonly http?: Readonly<Record<string, unknown>>;
  /** Keys of the configuration file that go over the usual ones; `sip` keeps its listeners unless it has some. */
  readonly config?: Readonly<Record<string, unknown>> & { readonly sip?: SipKeys };
}

type Listener = Readonly<Record<string, unknown>> & {
  readonly transport: string;
  readonly host: string;
  readonly port: number;
};

type SipKeys = Readonly<Record<string, unknown>> & { readonly listeners?: readonly Listener[] };

/** A box that the test starts: a fresh state directory, free ports, a project of its own. */
export class OwnBox extends Box {
  readonly folder: string;
  readonly configFile: string;
  /** First and last. */
  readonly rtpPorts: readonly [number, number];
  #child: Child;

  static async start(options: OwnBoxOptions = {}): Promise<OwnBox> {
    if (!existsSync(main)) throw new Error('there is no dist/firmware/main.js: run provisioning/bootstrap.sh first');
    // Short: Unix sockets lie below it.
    const folder = mkdtempSync(path.join(os.tmpdir(), 'b-'));
    const configFile = path.join(folder, 'box.yaml');
    const [http, sip, mqtt, webrtc] = [
      await freePort(HOST),
      await freePort(HOST),
      await freePort(HOST),
      await freePort(HOST),
    ];
    const project = { apiKey: '46000001', apiSecret: randomBytes(20).toString('hex') };
    const rtpPorts = options.rtpPorts ?? freePortRange(2 * LEGS);
    const { sipMonitoringUrl, sessionMonitoringUrl, mqttUrl, policy, clientsMayDial, vonage } = options;
    const { moreProjects = [] } = options;
    const usual = ['udp', 'tcp'].map(transport => ({ transport, host: HOST, port: sip }));
    const { listeners = usual } = options.config?.sip ?? {};
    const config = {
      box: 'test-box',
      logLevel: 'info',
      http: { host: HOST, port: http, ...options.http },
      media: { host: HOST, ports: rtpPorts, workers: 1, ...(options.codecs && { codecs: options.codecs }) },
      webrtc: { port: webrtc },
      mqtt: mqttUrl === undefined ? { embedded: { host: HOST, port: mqtt } } : { url: mqttUrl },
      stateDir: path.join(folder, 'state'),
      projects: [
        {
          opentok: {
            ...project,
            ...(sipMonitoringUrl && { sipMonitoringUrl }),
            ...(sessionMonitoringUrl && { sessionMonitoringUrl }),
          },
          ...(vonage && { vonage }),
          ...(policy && { policy }),
          ...(clientsMayDial && { clientsMayDial }),
        },
        ...moreProjects,
      ],
      ...options.config,
      sip: { ...options.config?.sip, listeners },
    };
    writeFileSync(configFile, stringify(config), { mode: 0o600 });
    const child = await spawnBox(configFile, folder);
    const starting = { http: `http://${HOST}:${http}`, child };
    try {
      await ready(starting);
    } catch (error) {
      await child.stop('SIGKILL');
      throw error;
    }
    const secrets = JSON.parse(readFileSync(path.join(folder, 'state/credentials.json'), 'utf8')) as {
      operatorToken: string;
      broker: { reader: { username: string; password: string } };
    };
    const { username, password } = secrets.broker.reader;
    const portOf = (transport: string) => listeners.find(each => each.transport === transport)?.port ?? sip;
    const facts: BoxFacts = {
      http: starting.http,
      sip: { host: listeners[0]?.host ?? HOST, udpPort: portOf('udp'), tcpPort: portOf('tcp') },
      project,
      operatorToken: secrets.operatorToken,
      mqttUrl: mqttUrl ?? `mqtt://${username}:${encodeURIComponent(password)}@${HOST}:${mqtt}`,
      name: config.box,
    };
    return new OwnBox(facts, folder, configFile, rtpPorts, child);
  }

  private constructor(
    facts: BoxFacts,
    folder: string,
    configFile: string,
    rtpPorts: readonly [number, number],
    child: Child,
  ) {
    super(facts);
    this.folder = folder;
    this.configFile = configFile;
    this.rtpPorts = rtpPorts;
    this.#child = child;
  }

  /** As whom a project's application connects to the embedded broker. */
  mqttUrlOf(project: string): string {
    const credentials = JSON.parse(readFileSync(path.join(this.folder, 'state/credentials.json'), 'utf8')) as {
      broker: { projects: Readonly<Record<string, { username: string; password: string }>> };
    };
    const { username = '', password = '' } = credentials.broker.projects[project] ?? {};
    const url = new URL(this.facts.mqttUrl);
    url.username = username;
    url.password = password;
    return url.href;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** All that the process has written, its start-up card included. */
  log(): string {
    return this.#child.output();
  }

  /** The media workers, found by the box's folder on their command lines. */
  workers(): number[] {
    return processesWith(`${this.folder}${path.sep}`).filter(pid => pid !== this.pid);
  }

  /** What the service process holds now. */
  figures(): Figures {
    return figuresOf(this.pid);
  }

  workerFigures(): Figures {
    const pid = this.workers()[0];
    if (pid === undefined) throw new Error('the box has no media worker');
    return figuresOf(pid);
  }

  /** kill -9 of the service; the media worker lives on until its lease ends. */
  kill(): Promise<ChildExit> {
    return this.#child.stop('SIGKILL');
  }

  killWorker(): void {
    for (const pid of this.workers()) process.kill(pid, 'SIGKILL');
  }

  /** Starts it again, after stop() or kill(), with the same configuration and state. */
  async startAgain(): Promise<void> {
    this.#child = await spawnBox(this.configFile, this.folder);
    await ready({ http: this.facts.http, child: this.#child });
  }

  /** SIGTERM, as systemd would. */
  stop(limitMs = 15_000): Promise<ChildExit> {
    return this.#child.stop('SIGTERM', limitMs);
  }

  /** Ends whatever is left of it, and its folder. */
  async close(): Promise<void> {
    await this.stop();
    await until('the media worker to end', () => this.workers().length === 0, { limitMs: 8_000 }).catch(() => {
      this.killWorker();
    });
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Files of the state directory, with their sizes. */
  stateFiles(): string[] {
    return readdirSync(path.join(this.folder, 'state'));
  }
}

/** Those with which `npm start` runs it. */
function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const flags = /exec node (.*)dist\/firmware\/main\.js$/.exec(scripts.start)?.[1];
  if (flags === undefined) throw new Error('package.json: the start script does not run dist/firmware/main.js');
  return flags.split(' ').filter(flag => flag !== '');
}

function spawnBox(configFile: string, folder: string): Promise<Child> {
  return startChild('the box', process.execPath, [...nodeFlags(), main, '--config', configFile], { cwd: folder });
}

async function ready({ http, child }: { http: string; child: Child }): Promise<void> {
  const isReady = () =>
    fetch(`${http}/health`).then(
      async answer => {
        await answer.body?.cancel();
        return answer.status === 200;
      },
      () => false,
    );
  await until('the box to be ready', async () => child.exit() !== null || (await isReady()), {
    limitMs: 20_000,
    state: () => child.output().slice(-4000),
  });
  const exit = child.exit();
  if (exit) throw new Error(`the box ended at once (${exit.code ?? exit.signal}): ${child.output().slice(-4000)}`);
}
