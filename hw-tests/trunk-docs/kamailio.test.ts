import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Child, startChild } from '../rig/children.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';
import { DocumentedBaresip } from './documented-baresip.ts';
import { boxConfig, freePorts, placed } from './documented-box.ts';
import { blockOf, pageOf } from './page.ts';

const page = pageOf('docs/trunks/kamailio.md');
const ports = await freePorts();
const rig = new Rig({ needs: ['own', 'webhooks'], box: { config: boxConfig(blockOf(page, 'box'), ports) } });

async function kamailio(): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'dk-'));
  rig.keep({ close: () => rmSync(folder, { recursive: true, force: true }) });
  const file = path.join(folder, 'kamailio.cfg');
  const text = placed(blockOf(page, 'kamailio'), ports).replace('BOX_PORT 5060', `BOX_PORT ${ports.sip}`);
  writeFileSync(file, text, { mode: 0o600 });
  const child: Child = await startChild('kamailio', '/usr/sbin/kamailio', [
    ...['-f', file, '-P', path.join(folder, 'pid'), '-Y', folder, '-w', folder],
    ...['-DD', '-E', '-m', '32', '-M', '4'],
  ]);
  rig.keep({ close: () => child.stop() });
}

const phone = (frequencyHz: number) =>
  DocumentedBaresip.start({ accounts: placed(blockOf(page, 'baresip-accounts'), ports), frequencyHz }).then(made =>
    rig.keep(made),
  );

rig.test('a phone behind Kamailio calls the box and hears itself', async () => {
  await kamailio();
  const baresip = await phone(500);
  baresip.dial(`sip:600@127.0.0.1:${ports.peer}`);
  await until('three seconds of a call', async () => {
    const [call] = await rig.box.calls();
    return (call?.media[0]?.received.packets ?? 0) > 200;
  });
  baresip.hangUp();
  hearsExactly(await baresip.heard(), [500], 1100);
  await rig.box.idle();
});

rig.test('an application calls a phone behind Kamailio, by the name of the trunk', async () => {
  await kamailio();
  const { application } = rig.box;
  const baresip = await phone(500);
  // Elsewhere: at the host of the trunk its rules would hold for it too.
  const other = await startPhone(rig, { frequencyHz: 1100, host: '127.0.0.9' });
  const session = await application.createSession();
  const calls = [await application.dial(session, 'sip:1001@kamailio'), await application.dial(session, other.uri)];
  for (const { connectionId } of calls) await rig.webhook.state(connectionId, 'ACTIVE');
  hearsExactly(await other.media.listen(3), [500], 1100);
  for (const { connectionId } of calls) await application.hangUp(session, connectionId);
  hearsExactly(await baresip.heard(), [1100], 500);
  await rig.box.idle();
});

rig.run();
