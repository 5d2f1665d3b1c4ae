import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const pipelines = fileURLToPath(new URL('../../pipelines', import.meta.url));
/** Sources run as .ts (tests, by tsx), the built service as .js in dist/. */
const extension = path.extname(fileURLToPath(import.meta.url));
const root = extension === '.ts' ? path.dirname(pipelines) : path.dirname(path.dirname(pipelines));

/** Where the build puts the plugin (provisioning/bootstrap.sh). */
const pluginDir = process.env.CROSSPOINT_PLUGIN_DIR ?? path.join(root, 'pipelines/plugin/build/release');

/**
 * Starts a worker in a process group of its own: neither a Ctrl-C meant for the firmware nor the firmware's death ends it.
 *
 * @param certificate file of the box's key and certificate for DTLS-SRTP, which the worker makes when it is not there
 * @param logFile gets what the process writes; begun anew with each start
 * @param recordings the one folder in which it makes recordings; null: it makes none
 */
export function spawnWorker(
  socketPath: string,
  certificate: string,
  logFile: string,
  recordings: string | null,
): ChildProcess {
  const log = openSync(logFile, 'w', 0o600);
  try {
    const child = spawn(
      process.execPath,
      [
        ...process.execArgv,
        path.join(pipelines, `worker${extension}`),
        '--socket',
        socketPath,
        '--dtls-certificate',
        certificate,
        ...(recordings === null ? [] : ['--recordings', recordings]),
      ],
      {
        detached: true,
        stdio: ['ignore', log, log],
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          LANG: 'C.UTF-8',
          GST_PLUGIN_PATH: pluginDir,
          // Filled by the bootstrap; without it the first start scans every plugin of the machine, which takes seconds.
          GST_REGISTRY: path.join(pluginDir, 'gstreamer-registry.bin'),
          GST_REGISTRY_FORK: 'no',
          ...pick(process.env, ['GST_DEBUG', 'LD_PRELOAD', 'ASAN_OPTIONS']),
        },
      },
    );
    if (child.pid !== undefined) preferMedia(child.pid);
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * A late packet is a gap in somebody's ear, a late SIP answer is not noticed: where both want a core, media goes first.
 * Only a privileged service may (systemd: `LimitNICE`); elsewhere all stay equal.
 */
function preferMedia(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGH);
  } catch {
    // not permitted
  }
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
}
