import type { Sample } from './topics.ts';

/** What the machine itself can be asked; each may reject, and each may take its time. */
export interface Probes {
  cpuBusyRatio(): Promise<number | null>;
  load(): Promise<number[] | null>;
  memory(): Promise<Sample['memory']>;
  temperatureCelsius(): Promise<number | null>;
  disk(): Promise<Sample['disk']>;
  network(): Promise<Sample['network']>;
}
