import * as assert from 'uvu/assert';
import { freePortRange } from '../rig/free-ports.ts';
import { hearsExactly } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { until } from '../rig/until.ts';

const rig = new Rig({
  needs: ['own'],
  box: { config: { media: { host: '127.0.0.1', ports: freePortRange(40), workers: 1, forwardPairs: true } } },
});

/** Packets that the box sent on to that far end as they had come. */
async function forwardedTo(connection: string): Promise<number> {
  const call = await rig.box.callOf(connection);
  return call?.media[0]?.sent.forwarded ?? 0;
}

rig.test('two of one codec are sent each other’s packets, and a third is heard by both and hears both', async () => {
  const { application } = rig.box;
  const session = await application.createSession();
  const one = await startPhone(rig, { frequencyHz: 400 });
  const two = await startPhone(rig, { frequencyHz: 700 });
  const first = await application.dial(session, one.uri);
  const second = await application.dial(session, two.uri);
  await Promise.all([one.sip.logged('ANSWERED'), two.sip.logged('ANSWERED')]);
  await until('both ways to be forwarded', async () => {
    const counts = await Promise.all([first, second].map(({ connectionId }) => forwardedTo(connectionId)));
    return counts.every(count => count > 25);
  });
  const [atOne, atTwo] = await Promise.all([one.media.listen(2), two.media.listen(2)]);
  hearsExactly(atOne, [700], 400);
  hearsExactly(atTwo, [400], 700);

  const three = await startPhone(rig, { frequencyHz: 1250 });
  await application.dial(session, three.uri);
  await three.sip.logged('ANSWERED');
  const [withOne, withTwo, withThree] = await Promise.all([one, two, three].map(phone => phone.media.listen(2)));
  assert.ok(withOne && withTwo && withThree);
  hearsExactly(withOne, [700, 1250], 400);
  hearsExactly(withTwo, [400, 1250], 700);
  hearsExactly(withThree, [400, 700], 1250);
});

rig.run();
