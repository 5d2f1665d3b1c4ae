import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process holds. */
export interface Figures {
  readonly openFiles: number;
  readonly threads: number;
  readonly residentKb: number;
  /** Ports of its UDP sockets. */
  readonly udpPorts: readonly number[];
}

/** Living processes that have `text` on their command line. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc').flatMap(entry =>
    /^\d+$/.test(entry) && read(`/proc/${entry}/cmdline`).includes(text) ? [Number(entry)] : [],
  );
}

export function figuresOf(pid: number): Figures {
  const status = read(`/proc/${pid}/status`);
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
  const files = linksOf(`/proc/${pid}/fd`);
  return {
    openFiles: files.length,
    threads: number('Threads'),
    residentKb: number('VmRSS'),
    udpPorts: udpPortsOf(new Set(files)),
  };
}

/** Ports of the UDP sockets among the open files ("socket:[12345]"). */
function udpPortsOf(files: ReadonlySet<string>): number[] {
  return ['/proc/net/udp', '/proc/net/udp6']
    .flatMap(table => read(table).trim().split('\n').slice(1))
    .flatMap(line => {
      const fields = line.trim().split(/\s+/);
      const port = Number.parseInt(fields[1]?.split(':').at(-1) ?? '', 16);
      return files.has(`socket:[${fields[9]}]`) ? [port] : [];
    })
    .sort((a, b) => a - b);
}

function linksOf(folder: string): string[] {
  return readdirSync(folder).flatMap(entry => {
    try {
      return readlinkSync(`${folder}/${entry}`);
    } catch {
      // Closed in this moment (the listing's own handle, for one).
      return [];
    }
  });
}

/** Empty when the process is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
