/** Every server of the WebRTC bench under a small load, whole: the figures mean nothing here, that there are some does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gatewayBrowsers } from './gateway-browsers.ts';
import { janusForward, janusMix } from './janus-browsers.ts';
import { repeat } from './repeat.ts';
import { audioRun } from './webrtc-audio-run.ts';
import { delayRun, LEGS } from './webrtc-delay-run.ts';
import { joinRun } from './webrtc-join-run.ts';
import type { AudioLoad } from './webrtc-load.ts';
import { videoRun } from './webrtc-video-run.ts';

const options = { seconds: 2, busy: true };
const ways = [
  ['mix', [gatewayBrowsers, janusMix]],
  ['forward', [gatewayBrowsers, janusForward]],
] as const;

for (const [way, servers] of ways)
  for (const server of servers)
    test(`${server.name}: browsers hear ${way === 'mix' ? 'the mix' : 'each stream'}`, async () => {
      assert.is(server.missing(), null);
      const load: AudioLoad = { way, browsers: 4, roomSize: 2 };
      const { runs, thrownAway } = await repeat(1, () => audioRun(server, load, options));
      assert.ok(runs[0], thrownAway.join('; '));
      assert.ok(runs[0].speaking.mediaMs > 0);
    });

for (const server of [gatewayBrowsers, janusForward])
  test(`${server.name}: a camera is seen`, async () => {
    const { runs, thrownAway } = await repeat(1, () => videoRun(server, 2, options));
    assert.ok(runs[0], thrownAway.join('; '));
    assert.ok(runs[0].forwardedMbit > 1.9);
  });

for (const server of [gatewayBrowsers, janusMix]) {
  test(`${server.name}: who joins hears and is heard`, async () => {
    const result = await joinRun(server, 2);
    assert.ok('run' in result && [...result.run.hearsMs, ...result.run.heardMs].every(ms => ms > 0 && ms < 5_000));
  });

  for (const leg of LEGS)
    test(`${server.name}: bursts from a ${leg[0]} come to a ${leg[1]}`, async () => {
      const { runs, thrownAway } = await repeat(1, () => delayRun(server, leg, 4));
      assert.ok(runs[0], thrownAway.join('; '));
      assert.ok(runs[0].addedMs.every(ms => ms > 0 && ms < 1_000));
    });
}

test.run();
