import { freePort } from '../rig/free-ports.ts';
import { sipAddress, startBox } from './bench-box.ts';
import type { MediaLoad } from './media-load.ts';
import type { MediaServer } from './media-server.ts';
import { callRooms } from './room-calls.ts';

/** Slow enough that no call fails, quick enough that setting up does not last longer than measuring. */
const CALLS_A_SECOND = 100;
/** RTP and RTCP, and none is taken again soon. */
const PORTS_A_LEG = 4;

/** Only trunks have SRTP by SDES: the load comes as one then, and the rooms are numbers that it may call. */
function securedRooms({ legs, roomSize }: MediaLoad): Readonly<Record<string, unknown>> {
  const names = Array.from({ length: Math.ceil(legs / roomSize) }, (_, room) => `room-${room}`);
  return {
    trunks: [
      { name: 'load', sources: ['127.0.0.1'], media: 'srtp', limits: { calls: 10_000, callsPerSecond: 10_000 } },
    ],
    numbers: names.map(name => ({ number: name, to: { room: name } })),
  };
}

/** This product: callers of `room-<n>`, mixed by its media worker. */
export const gatewayMedia: MediaServer = {
  name: 'crosspoint',
  option: 'crosspoint',
  missing: () => null,
  carries: () => true,
  securedShare: 1,
  async open(load) {
    const box = await startBox(PORTS_A_LEG * load.legs, load.secured ? securedRooms(load) : {});
    const connectS = load.legs / CALLS_A_SECOND + 1;
    return {
      mediaPids: box.workers(),
      controlPids: [box.pid],
      connectS,
      connect: async map =>
        callRooms({
          ...load,
          server: sipAddress(box),
          sipPort: await freePort(),
          rate: CALLS_A_SECOND,
          holdS: load.holdS + connectS,
          map,
        }),
      close: () => box.close(),
    };
  },
};
