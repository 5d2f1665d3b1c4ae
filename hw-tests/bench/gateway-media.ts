import { freePort } from '../rig/free-ports.ts';
import { sipAddress, startBox } from './bench-box.ts';
import type { MediaServer } from './media-server.ts';
import { callRooms } from './room-calls.ts';

/** Slow enough that no call fails, quick enough that setting up does not last longer than measuring. */
const CALLS_A_SECOND = 100;

/** This product: callers of `room-<n>`, mixed by its media worker. */
export const gatewayMedia: MediaServer = {
  name: 'crosspoint',
  async open({ legs, roomSize, holdS }) {
    const box = await startBox();
    const connectS = legs / CALLS_A_SECOND + 1;
    return {
      mediaPids: box.workers(),
      controlPids: [box.pid],
      connectS,
      connect: async map =>
        callRooms({
          server: sipAddress(box),
          sipPort: await freePort(),
          legs,
          roomSize,
          rate: CALLS_A_SECOND,
          holdS: holdS + connectS,
          map,
        }),
      close: () => box.close(),
    };
  },
};
