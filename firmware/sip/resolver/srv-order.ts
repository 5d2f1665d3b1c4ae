import type { SrvRecord } from './name-service.ts';

/**
 * The order in which to try the targets of an SRV answer (RFC 2782): lower priority first; among equals drawn by lot,
 * each as often as its weight says, weight 0 almost never before another one.
 * @param random from 0 to 1, 1 excluded
 */
export function srvOrder(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap(wanted =>
    draw(
      records.filter(({ priority }) => priority === wanted),
      random,
    ),
  );
}

function draw(equals: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // "Arrange all SRV RRs in any order, except that all those with weight 0 are placed at the beginning."
  const left = [...equals].sort((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const lot = Math.floor(random() * (total + 1));
    let running = 0;
    const index = left.findIndex(({ weight }) => {
      running += weight;
      return running >= lot;
    });
    drawn.push(...left.splice(index, 1));
  }
  return drawn;
}
