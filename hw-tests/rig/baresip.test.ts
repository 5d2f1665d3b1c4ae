import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Baresip } from './baresip.ts';
import { Sipp } from './sipp.ts';
import { TonePhone } from './tone-phone.ts';
import { until } from './until.ts';

test('baresip answers by itself, says its tone and keeps what it heard', async () => {
  const baresip = await Baresip.start({ frequencyHz: 500 });
  const phone = await TonePhone.open({ frequencyHz: 1100 });
  const caller = await Sipp.start({
    scenario: 'call',
    user: 'baresip',
    remote: { host: '127.0.0.1', port: baresip.sipPort },
    keys: { rtp_port: phone.rtpPort, hold_ms: 4_000 },
  });
  const [, , host, port] = (await caller.logged('MEDIA')).split(' ');
  phone.talkTo({ host: host ?? '', port: Number(port) });
  const heard = await phone.listen(2);
  assert.ok(heard.atLeast(500) > -20, `${heard.atLeast(500)} dBov`);
  await caller.succeeded();
  await until('the end of the recording', () => baresip.output().includes('terminated'), {
    state: () => baresip.output(),
  });
  assert.ok(baresip.heard().atLeast(1100) > -20, `${baresip.heard().atLeast(1100)} dBov`);
  await Promise.all([baresip.close(), phone.close(), caller.close()]);
});

test('baresip calls when it is told to', async () => {
  const baresip = await Baresip.start({ frequencyHz: 500 });
  const callee = await Sipp.start({ scenario: 'answer' });
  await baresip.dial(`sip:callee@127.0.0.1:${callee.port}`);
  await callee.logged('ANSWERED');
  await baresip.hangUp();
  await callee.logged('ENDED');
  await Promise.all([baresip.close(), callee.close()]);
});

test.run();
