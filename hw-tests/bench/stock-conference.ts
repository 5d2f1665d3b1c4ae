import { appendFileSync } from 'node:fs';
import { startChild } from '../rig/children.ts';
import { until } from '../rig/until.ts';
import { speaksOnly } from './media-load.ts';
import type { MediaServer } from './media-server.ts';
import { portRange } from './port-range.ts';
import { tool } from './tools.ts';

/** Each leg mixes all others by itself: about 1 ms per leg, second and member. Beyond this one core is not enough. */
const MOST_INPUTS = 600;
/** Twice what it uses: the generator, beside it, has a range of the smaller size. */
const PORTS_A_LEG = 4;

/** GStreamer's own elements, as kindly put together as they allow (hw-tests/load/stock-conference). */
export const stockConference: MediaServer = {
  name: 'stock elements',
  option: 'stock',
  missing: () => null,
  carries: load => !load.secured && speaksOnly(load, 'PCMU') && load.legs * load.roomSize <= MOST_INPUTS,
  securedShare: 0,
  async open({ legs, roomSize, firstPort: theirs }) {
    const [ours] = portRange(PORTS_A_LEG * legs);
    const numbers = [legs, roomSize, ours, theirs].map(String);
    const child = await startChild('stock-conference', tool('stock-conference'), numbers);
    const says = (word: string) =>
      until(`stock-conference to be ${word}`, () => child.exit() !== null || child.output().includes(word), {
        limitMs: 30_000,
      }).then(() => {
        if (child.exit() !== null) throw new Error(`stock-conference: ${child.output().trim()}`);
      });
    await says('idle');
    return {
      mediaPids: [child.pid],
      controlPids: [],
      connectS: 1 + legs / 50,
      async connect(map) {
        child.write('\n');
        await says('playing');
        for (let leg = 0; leg < legs; leg++)
          appendFileSync(map, `LEG ${theirs + 2 * leg} 127.0.0.1 ${ours + 2 * leg}\n`);
        return null;
      },
      close: async () => void (await child.stop()),
    };
  },
};
