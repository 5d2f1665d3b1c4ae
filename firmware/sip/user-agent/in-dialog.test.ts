import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ManualClock } from '../../base/manual-clock.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { SessionChange } from '../dialog/dialog-listener.ts';
import { RFC_TIMERS } from '../transaction/timers.ts';
import {
  ANSWER,
  accepted,
  emptied,
  NOTHING,
  nextInvite,
  OFFER,
  place,
  settled,
  startAgent,
} from './user-agent.fixture.ts';
import type { UserAgent } from './user-agent.ts';

const OTHER = Buffer.from('v=0\r\ns=other\r\n');
const EMPTY = Buffer.alloc(0);

interface Call {
  readonly caller: UserAgent;
  readonly callee: UserAgent;
  readonly here: Dialog;
  readonly there: Dialog;
}

/** A call between two user agents over real sockets. */
async function withCall(transport: 'udp' | 'tcp', run: (call: Call) => Promise<void>): Promise<void> {
  const listeners = [{ transport, host: '127.0.0.1', port: 0 }];
  const caller = await startAgent({ listeners });
  const callee = await startAgent({ listeners });
  try {
    const incoming = nextInvite(callee);
    const port = callee.listening[0]!.port;
    const target = { scheme: 'sip' as const, user: 'bob', password: null, host: '127.0.0.1', port, headers: null };
    const placed = place(caller, port, { target: { ...target, params: new Map([['transport', transport]]) } });
    const invite = await incoming;
    const confirmed = settled(invite);
    const there = invite.accept(ANSWER)!;
    const { dialog: here } = await accepted(placed);
    await confirmed;
    await run({ caller, callee, here, there });
    assert.equal(await here.bye(), { status: 200 });
    for (const agent of [caller, callee]) assert.equal(await emptied(agent), NOTHING);
  } finally {
    await Promise.all([caller.close(), callee.close()]);
  }
}

function answering(dialog: Dialog, body: Buffer, heard: (change: SessionChange) => void = () => {}): void {
  dialog.listener = {
    ended: () => {},
    change: change => {
      heard(change);
      change.accept(body);
    },
  };
}

for (const transport of ['udp', 'tcp'] as const) {
  test(`either side changes the session of a call (${transport})`, () =>
    withCall(transport, async ({ here, there }) => {
      for (const [from, to] of [
        [here, there],
        [there, here],
      ] as const) {
        for (const method of ['INVITE', 'UPDATE'] as const) {
          let offered = '';
          answering(to, ANSWER, change => {
            offered = `${change.method} ${change.body}`;
          });
          const outcome = await from.change(OTHER, { method });
          assert.is(outcome.kind === 'accepted' && outcome.body.toString(), ANSWER.toString());
          assert.is(offered, `${method} ${OTHER}`);
        }
      }
    }));

  test(`an offerless re-INVITE brings the offer, and the ACK the answer (${transport})`, () =>
    withCall(transport, async ({ here, there }) => {
      const answered = new Promise<string>(heard => {
        answering(there, OTHER, change => {
          change.answered = body => heard(body.toString());
        });
      });
      const outcome = await here.change(EMPTY);
      assert.ok(outcome.kind === 'accepted' && outcome.acknowledge);
      assert.is(outcome.body.toString(), OTHER.toString());
      outcome.acknowledge(OFFER);
      assert.is(await answered, OFFER.toString());
    }));

  test(`INFO, REFER and NOTIFY are carried both ways (${transport})`, () =>
    withCall(transport, async ({ here, there }) => {
      for (const [from, to] of [
        [here, there],
        [there, here],
      ] as const) {
        to.listener = {
          ended: () => {},
          request: request => request.respond(request.method === 'REFER' ? 202 : 200),
        };
        const body = Buffer.from('Signal=1\r\n');
        const info = await from.request('INFO', { body, contentType: 'application/dtmf-relay' });
        assert.is(info.status, 200);
        const refer = await from.request('REFER', { headers: [['Refer-To', '<sip:carol@127.0.0.1>']] });
        assert.is(refer.status, 202);
        const headers = [
          ['Event', 'refer'],
          ['Subscription-State', 'terminated;reason=noresource'],
        ] as const;
        const sipfrag = { body: Buffer.from('SIP/2.0 200 OK\r\n'), contentType: 'message/sipfrag' };
        assert.is((await from.request('NOTIFY', { headers, ...sipfrag })).status, 200);
      }
    }));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to that');
    await new Promise<void>(again => setImmediate(again));
  }
}

for (const refresher of ['caller', 'callee'] as const) {
  test(`a call stands for two hours with a session timer of half an hour that the ${refresher} refreshes`, async () => {
    const clock = new ManualClock();
    let answers = 0;
    const tap = (direction: 'in' | 'out', bytes: Buffer) => {
      if (direction === 'in' && /^SIP\/2\.0 200 .*\nCSeq: \d+ UPDATE/s.test(bytes.toString())) answers += 1;
    };
    const options = { clock, timers: RFC_TIMERS, tap };
    const caller = await startAgent(options);
    const callee = await startAgent(options);
    try {
      const incoming = nextInvite(callee);
      const placed = place(caller, callee.listening[0]!.port, { sessionTimer: { intervalS: 1800, minS: 90 } });
      const invite = await incoming;
      const confirmed = settled(invite);
      const there = invite.accept(ANSWER)!;
      const { dialog: here, headers } = await accepted(placed);
      await confirmed;
      assert.is(headers.get('Session-Expires'), '1800;refresher=uas');
      if (refresher === 'caller') {
        // Between two of ours it is always the callee; another one may leave it to us.
        here.startSessionTimer({ intervalS: 1800, minS: 90, refresher: 'us' });
        there.startSessionTimer({ intervalS: 1800, minS: 90, refresher: 'them' });
      }
      const ends: string[] = [];
      for (const dialog of [here, there]) dialog.listener = { ended: ({ by }) => void ends.push(by) };
      // What the call has left of transactions goes first, so that time can run in large steps.
      clock.advance(60_000);
      for (let refresh = 1; refresh <= 8; refresh++) {
        clock.advance(refresh === 1 ? 840_000 : 900_000);
        await until(() => answers === refresh);
      }
      assert.ok(clock.monotonic() >= 7_200_000);
      assert.equal(ends, []);
      assert.not(here.closed || there.closed);
      assert.equal(await here.bye(), { status: 200 });
      clock.advance(60_000);
      for (const agent of [caller, callee]) assert.equal(agent.dump(), NOTHING);
    } finally {
      await Promise.all([caller.close(), callee.close()]);
    }
  });
}

test.run();
