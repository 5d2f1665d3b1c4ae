import { freePort } from '../rig/free-ports.ts';
import { startGateway } from './gateway.ts';
import type { MediaServer } from './media-server.ts';
import { callRooms } from './room-calls.ts';

/** Slow enough that no call fails, quick enough that setting up does not last longer than measuring. */
const CALLS_A_SECOND = 50;

/** This product: callers of `room-<n>`, mixed by its media worker. */
export const gatewayMedia: MediaServer = {
  name: 'crosspoint',
  async open({ legs, roomSize, holdS }) {
    const gateway = await startGateway();
    const connectS = legs / CALLS_A_SECOND + 1;
    return {
      mediaPids: gateway.workerPids(),
      controlPids: [gateway.pid],
      connectS,
      connect: async map =>
        callRooms({
          server: `127.0.0.1:${gateway.sipPort}`,
          sipPort: await freePort(),
          legs,
          roomSize,
          rate: CALLS_A_SECOND,
          holdS: holdS + connectS,
          map,
        }),
      close: () => gateway.stop(),
    };
  },
};
