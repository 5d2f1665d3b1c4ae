import type { BenchCodec } from './media-load.ts';
import { SERVER_CORE } from './pinning.ts';
import { runTool, tool } from './tools.ts';

/** CPU milliseconds that encoding and decoding one leg's packets takes a second, with nothing around it. */
export type CodecCosts = Readonly<Record<BenchCodec, number>>;

/** On the core on which servers are measured (hw-tests/load/codec-cost). */
export async function codecCosts(): Promise<CodecCosts> {
  const { stdout, stderr } = await runTool(tool('codec-cost'), [], { limitMs: 60_000, core: SERVER_CORE });
  if (!stdout.startsWith('{')) throw new Error(stderr.trim() || 'codec-cost said nothing');
  return JSON.parse(stdout) as CodecCosts;
}
