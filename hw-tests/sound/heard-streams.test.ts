import { hears, hearsNothingOf } from '../rig/hearing.ts';
import { type Phone, type PhoneOptions, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';

/** Calls that are dialled with `streams` (CONTRACT §1.4): those alone they hear. */
const rig = new Rig({ needs: ['own', 'webhooks'] });

/** Which phone is which. */
const TONES = [500, 700, 1100, 1300];

async function dial(session: string, phoneOptions: PhoneOptions, options: Record<string, unknown> = {}) {
  const phone = await startPhone(rig, phoneOptions);
  const call = await rig.box.application.dial(session, phone.uri, options);
  const active = () => rig.webhook.state(call.connectionId, 'ACTIVE');
  return { ...call, phone, active };
}

async function talking(session: string, frequencyHz: number, options: Record<string, unknown> = {}) {
  const call = await dial(session, { frequencyHz }, options);
  await call.active();
  return call;
}

/** Those tones alone, of all that there are. */
async function hearsOnly({ phone }: { readonly phone: Phone }, ...frequencies: number[]): Promise<void> {
  const heard = await phone.media.listen(1);
  for (const frequency of TONES)
    if (frequencies.includes(frequency)) hears(heard, frequency);
    else hearsNothingOf(heard, frequency);
}

const hangUp = (session: string, ...calls: { readonly connectionId: string }[]) =>
  Promise.all(calls.map(({ connectionId }) => rig.box.application.hangUp(session, connectionId)));

rig.test('a call hears the streams that it names alone, and is heard by all, also after a hold', async () => {
  const session = await rig.box.application.createSession();
  const [one, two] = [await talking(session, 500), await talking(session, 700)];
  const choosy = await talking(session, 1100, { streams: [one.streamId, 'nobody’s'] });
  await hearsOnly(choosy, 500);
  await hearsOnly(two, 500, 1100);
  await hearsOnly(one, 700, 1100);

  const keys = { hold_ms: 300, hold_address: rig.us, hold_direction: 'sendonly' };
  const options = { streams: [two.streamId] };
  const holding = await dial(session, { frequencyHz: 1300, scenario: 'answer-and-hold', keys }, options);
  await holding.phone.sip.logged('RESUMED');
  await hearsOnly(holding, 700);
  await hangUp(session, one, two, choosy, holding);
});

rig.test('a stream that comes later is heard from its first moment, when it is named', async () => {
  const session = await rig.box.application.createSession();
  const other = await talking(session, 700);
  const late = await dial(session, { frequencyHz: 500, scenario: 'answer-late', keys: { ring_ms: 2_500 } });
  const choosy = await talking(session, 1100, { streams: [late.streamId] });
  await hearsOnly(choosy);
  await late.active();
  await hearsOnly(choosy, 500);
  await hearsOnly(late, 700, 1100);
  // Its end is the end of it.
  await hangUp(session, late);
  await hearsOnly(choosy);
  await hangUp(session, other, choosy);
});

rig.test('a call that names no stream hears nobody, not even itself, and is heard', async () => {
  const session = await rig.box.application.createSession();
  const one = await talking(session, 500);
  const deaf = await talking(session, 1100, { streams: [] });
  await hearsOnly(deaf);
  await hearsOnly(one, 1100);
  await hangUp(session, one, deaf);
});

rig.run();
