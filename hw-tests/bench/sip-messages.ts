import { BenchChild } from './bench-child.ts';
import { SERVER_CORE } from './pinning.ts';
import type { Section } from './section.ts';
import type { CostOrder, CostReport } from './sip-message-cost.ts';
import { renderTable, rounded } from './table.ts';

const LIMIT_MS = 60_000;

/** @param messages how many are parsed and serialised in each round */
export async function measureMessages(messages: number): Promise<Section> {
  const child = await BenchChild.start<object, CostOrder, CostReport>(
    'hw-tests/bench/sip-message-cost.ts',
    SERVER_CORE,
  );
  try {
    const report = await child.ask({ messages }, LIMIT_MS);
    const { kinds, meanBytes, parseUs, serialiseUs } = report;
    const table = renderTable(
      ['CPU µs a message', 'median'],
      [
        ['parse', rounded(parseUs, 2)],
        ['serialise', rounded(serialiseUs, 2)],
      ],
    );
    const mix = `${kinds.length} messages of a call and an OPTIONS (${kinds.join(', ')}), ${meanBytes} bytes on average.`;
    return { title: 'Messages: read and written', text: `${table}\n\n${mix}`, judgements: [], runs: [report] };
  } finally {
    await child.stop();
  }
}
