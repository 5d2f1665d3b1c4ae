import os from 'node:os';

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
}

/** The machine that figures belong to; nothing that names it. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: os.cpus()[0]?.model ?? os.arch(),
    // Not availableParallelism: a bench that keeps to one core would count that one.
    cores: os.cpus().length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    kernel: os.release().split('-')[0] ?? os.release(),
    node: process.version,
  };
}

export function renderMachine(machine: Machine): string {
  const { date, cpu, cores, memoryGb, kernel, node } = machine;
  return `${date}, ${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Node ${node}`;
}
