import { statfs } from 'node:fs/promises';

/** What the machine has left: asked of the kernel in a moment, without another process. */
export interface MachineRoom {
  /** Null: it cannot be told. */
  memoryFreeBytes(): number | null;
  diskFreeBytes(): Promise<number | null>;
}

/** @param folder on the file system that holds the state */
export function machineRoom(folder: string): MachineRoom {
  return {
    // What the limits of a container leave, where there are some. Node 20 has it from 20.13 on.
    memoryFreeBytes: () => process.availableMemory?.() ?? null,
    diskFreeBytes: () =>
      statfs(folder).then(
        ({ bavail, bsize }) => bavail * bsize,
        () => null,
      ),
  };
}
