import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { Headers } from '../../sip/message/headers.ts';
import type { SipRequest } from '../../sip/message/message.ts';
import { formatUri } from '../../sip/message/uri.ts';
import type { Source } from '../../sip/transport/hop.ts';
import { Trunk } from '../trunk.ts';
import { configOf, FakeAgent, settled } from '../trunks.fixture.ts';
import { answerRegister } from './registrar.ts';

const NAT: Source = { transport: 'udp', address: '203.0.113.7', port: 40_000 };

function peer(trunk: object = {}) {
  const clock = new ManualClock();
  const agent = new FakeAgent();
  const { trunks } = configOf([
    {
      name: 'pbx',
      targets: ['registered'],
      registrations: true,
      login: { username: 'pbx', password: 'secret' },
      ...trunk,
    },
  ]);
  const config = trunks[0];
  if (!config) throw new Error('no trunk');
  let changes = 0;
  const changed = () => {
    changes += 1;
  };
  const own = new Trunk(config, { agent: () => agent, clock, log: silentLog, random: () => 0, changed });
  own.start();
  let cseq = 0;
  /** @returns status and the contacts of the answer */
  const register = (
    fields: [string, string][],
    from: Partial<{ source: Source; callId: string; cseq: number; to: string }> = {},
  ) => {
    cseq += 1;
    const headers = Headers.of([
      ['To', from.to ?? '<sip:pbx@box.example.com>'],
      ['Call-ID', from.callId ?? 'c1'],
      ['CSeq', `${from.cseq ?? cseq} REGISTER`],
      ...fields,
    ]);
    const request: SipRequest = { kind: 'request', method: 'REGISTER', uri: 'sip:box', headers, body: Buffer.alloc(0) };
    const answers: { status: number; headers: Headers }[] = [];
    const { bindings } = own;
    if (!bindings) throw new Error('no bindings');
    answerRegister(
      { name: 'pbx', user: 'pbx', bindings, targetFrom: (...args) => own.targetFrom(...args) },
      {
        request,
        source: from.source ?? NAT,
        respond: (status, _phrase, extra = []) => answers.push({ status, headers: Headers.of(extra) }),
      },
      clock,
      silentLog,
    );
    assert.is(answers.length, 1);
    const [answer] = answers;
    return { status: answer?.status, contacts: answer?.headers.getAll('Contact') ?? [], headers: answer?.headers };
  };
  return { clock, agent, own, register, changes: () => changes };
}

const contact = (port: number, params = '') => ['Contact', `<sip:pbx@10.0.0.5:${port}>${params}`] as [string, string];

test('a peer that registers is called where it spoke from, the newest contact first', async () => {
  const { own, register, clock } = peer();
  assert.equal([own.view.state, own.view.reason], ['down', 'the peer has not registered']);
  assert.equal(own.orderedTargets(), []);
  const first = register([contact(5060, ';expires=120')]);
  assert.equal([first.status, first.contacts], [200, ['<sip:pbx@10.0.0.5:5060>;expires=120']]);
  clock.advance(20_000);
  const second = register([contact(5062), ['Expires', '300']], {
    source: { transport: 'tcp', address: '203.0.113.8', port: 999 },
  });
  assert.equal(second.contacts, ['<sip:pbx@10.0.0.5:5062>;expires=300', '<sip:pbx@10.0.0.5:5060>;expires=100']);
  assert.equal(
    own.orderedTargets().map(({ uri, requestUri }) => [formatUri(uri), formatUri(requestUri)]),
    [
      ['sip:203.0.113.8:999;transport=tcp', 'sip:pbx@10.0.0.5:5062'],
      ['sip:203.0.113.7:40000', 'sip:pbx@10.0.0.5:5060'],
    ],
  );
  await own.close();
  assert.is(clock.pendingTimers, 0);
});

test('a binding ends when it is not renewed, or when it is taken back', async () => {
  const { own, register, clock, changes } = peer();
  register([contact(1, ';expires=60'), contact(2, ';expires=600')]);
  const before = changes();
  clock.advance(60_000);
  await settled();
  assert.ok(changes() > before);
  assert.equal(register([]).contacts, ['<sip:pbx@10.0.0.5:2>;expires=540']);
  assert.equal(register([contact(2, ';expires=0'), contact(3)]).contacts, ['<sip:pbx@10.0.0.5:3>;expires=3600']);
  assert.equal(
    register([
      ['Contact', '*'],
      ['Expires', '0'],
    ]).contacts,
    [],
  );
  assert.is(own.view.state, 'down');
  await own.close();
  assert.is(clock.pendingTimers, 0);
});

test('times are kept between a minute and an hour', async () => {
  const { own, register } = peer();
  const brief = register([contact(1, ';expires=59')]);
  assert.equal([brief.status, brief.headers?.get('Min-Expires')], [423, '60']);
  assert.equal(register([contact(1, ';expires=99999')]).contacts, ['<sip:pbx@10.0.0.5:1>;expires=3600']);
  assert.equal(register([contact(1, ';expires=soon')]).contacts, ['<sip:pbx@10.0.0.5:1>;expires=3600']);
  await own.close();
});

test('an older request of the same Call-ID changes nothing, one of another Call-ID does', async () => {
  const { own, register } = peer();
  register([contact(1)], { callId: 'a', cseq: 5 });
  assert.is(register([contact(1, ';expires=0')], { callId: 'a', cseq: 5 }).status, 500);
  assert.is(register([contact(2), contact(1, ';expires=0')], { callId: 'a', cseq: 4 }).status, 500);
  assert.is(
    register(
      [
        ['Contact', '*'],
        ['Expires', '0'],
      ],
      { callId: 'a', cseq: 4 },
    ).status,
    500,
  );
  assert.is(register([]).contacts.length, 1);
  assert.equal(register([contact(1, ';expires=0')], { callId: 'b', cseq: 1 }).contacts, []);
  await own.close();
});

test('of too many contacts the one renewed longest ago makes way; what makes no sense is refused', async () => {
  const { own, register, clock } = peer();
  for (let port = 1; port <= 8; port++) register([contact(port)]);
  register([contact(1)]);
  const { contacts } = register([contact(9)]);
  assert.is(contacts.length, 8);
  assert.not(contacts.some(each => each.includes(':2>')));
  assert.ok(contacts.some(each => each.includes(':1>')));
  const bad: [string, string][][] = [
    Array.from({ length: 9 }, (_, port) => contact(port + 1)),
    [['Contact', '*']],
    [['Contact', '*'], contact(1), ['Expires', '0']],
    [['Contact', '<mailto:pbx@example.com>']],
    [['Contact', '<tel:+441>']],
    [['Contact', '<<<']],
  ];
  for (const fields of bad) assert.is(register(fields).status, 400, JSON.stringify(fields));
  assert.is(register([contact(1)], { to: '<sip:somebody@box>' }).status, 403);
  assert.is(register([contact(1)], { to: 'rubbish' }).status, 400);
  assert.is(register([]).contacts.length, 8);
  await own.close();
  assert.is(clock.pendingTimers, 0);
});

test('registered contacts are asked by OPTIONS, and those that are silent come last', async () => {
  const { own, register, clock, agent } = peer();
  register([contact(1)]);
  register([contact(2)], { source: { ...NAT, port: 50_000 } });
  agent.answer = ({ target }) => (target.port === 50_000 ? 'timeout' : {});
  for (let i = 0; i < 3; i++) {
    clock.advance(10_000);
    await settled();
  }
  assert.equal(
    own.orderedTargets().map(({ uri }) => uri.port),
    [40_000, 50_000],
  );
  assert.is(own.view.state, 'up');
  const asked = agent.sent.length;
  register([
    ['Contact', '*'],
    ['Expires', '0'],
  ]);
  clock.advance(600_000);
  await settled();
  assert.is(agent.sent.length, asked);
  await own.close();
});

test.run();
