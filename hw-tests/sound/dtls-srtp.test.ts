import * as assert from 'uvu/assert';
import { Baresip, type BaresipOptions } from '../rig/baresip.ts';
import { freePort } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { Rig } from '../rig/rig.ts';
import { SteeredPhone } from '../rig/steered-phone.ts';
import { until } from '../rig/until.ts';

const [PBX, CARRIER, SECURED] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const ports = { carrier: await freePort(CARRIER), secured: await freePort(SECURED) };

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: {
    config: {
      trunks: [
        { name: 'pbx', sources: [PBX], media: 'prefer-srtp' },
        { name: 'strict', sources: [SECURED], media: 'srtp', dtlsSetup: 'passive' },
        { name: 'carrier', targets: [`sip:${CARRIER}:${ports.carrier}`], optionsSeconds: 0 },
      ],
      numbers: [
        { prefix: '+44', to: { forward: ['trunk:carrier'] } },
        { prefix: '+49', to: { forward: [`sip:baresip@${SECURED}:${ports.secured};media=dtls-srtp;transport=udp`] } },
      ],
    },
  },
});

const at = (number: string) => `sip:${number}@${rig.box.sipAddress.host}:${rig.box.sipAddress.port}`;
const secured = async (
  frequencyHz: number,
  host: string,
  options: Partial<BaresipOptions> & { secured: 'dtls' | 'dtls-feedback' } = { secured: 'dtls' },
) => rig.keep(await Baresip.start({ frequencyHz, host, ...options }));
const ended = (one: Baresip) => until('the end of the recording', () => one.output().includes('terminated'));

/** What the descriptions of the only call say, one line each, as the box tells in its trace. */
async function said(pattern: RegExp): Promise<string[]> {
  const { id = '' } = (await rig.box.calls())[0] ?? {};
  const { text } = await rig.box.asOperator('GET', `/device/calls/${id}/trace`);
  return [...text.matchAll(pattern)].map(([, value = '']) => value);
}
const profiles = () => said(/^m=audio \d+ (\S+)/gm);
const setups = () => said(/^a=setup:(\S+)/gm);

rig.test(
  'a carrier that wants DTLS begins, as we leave it the choice, and both sides of the bridge hear each other',
  async () => {
    const called = await secured(1100, SECURED, { secured: 'dtls', port: ports.secured });
    const caller = await SteeredPhone.calling(rig, rig.box, '+493012345', { frequencyHz: 500, host: PBX });
    await caller.next('ANSWERED');
    hearsExactly(await caller.media.listen(3), [1100], 500);
    assert.equal(await profiles(), ['RTP/AVP', 'UDP/TLS/RTP/SAVP', 'UDP/TLS/RTP/SAVP', 'RTP/AVP']);
    assert.equal(await setups(), ['actpass', 'active']);
    await caller.leave();
    await ended(called);
    hearsExactly(called.heard(), [500], 1100);
    await rig.box.idle();
  },
);

for (const [host, answers] of [
  [PBX, 'active'],
  [SECURED, 'passive'],
] as const)
  for (const secure of ['dtls', 'dtls-feedback'] as const)
    rig.test(`a phone that calls with ${secure} gets our answer as ${answers}, and is heard and hears`, async () => {
      const called = await SteeredPhone.listening(rig, { frequencyHz: 1100, host: CARRIER, port: ports.carrier });
      const caller = await secured(500, host, { secured: secure });
      await caller.dial(at('+442071234567'));
      await called.invited();
      await called.answer();
      hearsExactly(await called.media.listen(3), [500], 1100);
      assert.equal(await setups(), ['actpass', answers]);
      await called.leave();
      await ended(caller);
      hearsExactly(caller.heard(), [1100], 500);
      await rig.box.idle();
    });

rig.run();
