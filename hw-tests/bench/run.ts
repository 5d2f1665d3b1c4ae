/** `npm run bench`: every figure, in about ten minutes. */
import { parseArgs } from 'node:util';
import { messageOf } from '../../firmware/base/errors.ts';
import { reserveBoxPorts } from './bench-box.ts';
import { describeMachine, renderMachine } from './machine.ts';
import { measureMedia } from './media.ts';
import { gatewayPlan } from './media-plan.ts';
import { runAsEntry } from './options.ts';
import { requireTwoCores } from './pinning.ts';
import { measureRest } from './rest.ts';
import { renderSection, renderSummary, type Section, writeJson } from './section.ts';
import { measureSetups, setupServers } from './setup.ts';
import { stockConference } from './stock-conference.ts';
import { buildTools } from './tools.ts';

/** Sized so that all of it, set-up and a few repeated runs included, takes some ten minutes. */
const parts: readonly (readonly [name: string, measure: () => Promise<Section>])[] = [
  ['media', () => measureMedia({ plan: gatewayPlan(), peers: [stockConference], seconds: 4, repeats: 2, busy: false })],
  ['set-ups', () => measureSetups({ servers: setupServers, seconds: 4, repeats: 1 })],
  ['REST', () => measureRest({ calls: 200 })],
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' } } });
  requireTwoCores();
  reserveBoxPorts();
  await buildTools();
  console.log(renderMachine(describeMachine()));
  const sections: Section[] = [];
  for (const [name, measure] of parts) {
    try {
      const section = await measure();
      sections.push(section);
      console.log(renderSection(section));
    } catch (error) {
      // The others are still worth having; the exit code tells that figures are missing.
      console.error(`${name} could not be measured: ${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
  console.log(renderSummary(sections));
  writeJson(values.json, sections);
}

await runAsEntry(import.meta.url, main);
