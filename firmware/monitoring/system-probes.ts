import { loadavg } from 'node:os';
import si from 'systeminformation';
import type { Probes } from './probes.ts';

/** Containers and bridges can make hundreds; a sample names the first of them. */
const MAX_INTERFACES = 16;

/** What the machine says of itself; of the service it knows nothing. @param folder on the file system to be watched */
export function systemProbes(folder: string): Probes {
  return {
    async cpuBusyRatio() {
      return finite((await si.currentLoad()).currentLoad / 100);
    },
    async load() {
      return loadavg();
    },
    async memory() {
      const { total, available } = await si.mem();
      return { totalBytes: whole(total), availableBytes: whole(available), ownBytes: null };
    },
    async temperatureCelsius() {
      return finite((await si.cpuTemperature()).main);
    },
    async disk() {
      const mounts = await si.fsSize();
      // The deepest mount point above the folder.
      const [mount] = mounts
        .filter(({ mount }) => holds(mount, folder))
        .sort((a, b) => b.mount.length - a.mount.length);
      return { totalBytes: whole(mount?.size), freeBytes: whole(mount?.available) };
    },
    async network() {
      const all = await si.networkStats('*');
      return all.slice(0, MAX_INTERFACES).map(({ iface, rx_sec, tx_sec, rx_errors, tx_errors }) => ({
        name: iface,
        receivedBytesPerSecond: finite(rx_sec),
        sentBytesPerSecond: finite(tx_sec),
        receiveErrors: whole(rx_errors),
        sendErrors: whole(tx_errors),
      }));
    },
  };
}

function holds(mount: string, folder: string): boolean {
  return mount === '/' || folder === mount || folder.startsWith(`${mount}/`);
}

/** systeminformation says null, NaN or -1 for what it cannot tell. */
function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

function whole(value: number | null | undefined): number | null {
  const number = finite(value);
  return number === null ? null : Math.round(number);
}
