import * as assert from 'uvu/assert';
import { freePort } from '../rig/free-ports.ts';
import { RawSip } from '../rig/raw-sip.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { until } from '../rig/until.ts';

const peer = await freePort();
// Made anew for each: a configuration file has no aliases.
const to = () => ({ targets: [`sip:127.0.0.1:${peer}`], optionsSeconds: 0 });
const country = () => ({ in: { country: '44' } });

const rig = new Rig({
  needs: ['own'],
  box: {
    config: {
      trunks: [
        { name: 'plain', ...to() },
        { name: 'names', ...to(), identity: { alphanumeric: true } },
        {
          name: 'line',
          ...to(),
          numbers: { ...country(), out: 'national' },
          identity: { number: '+442070000000', domain: 'line.test', display: 'Main Office' },
        },
        {
          name: 'trusted',
          ...to(),
          numbers: { ...country(), out: 'plain' },
          identity: { asserted: 'both', diversion: 'pass', domain: 'box.test' },
        },
        { name: 'showing', ...to(), numbers: country(), identity: { asserted: 'rpid', privacy: 'ignore' } },
        { name: 'in', sources: ['127.0.0.5'], numbers: country(), identity: { trustIncoming: true } },
        { name: 'untrusted', sources: ['127.0.0.6'], numbers: country() },
      ],
      numbers: ['plain', 'trusted', 'showing'].map((name, at) => ({
        prefix: `${at + 1}`,
        to: { forward: [`trunk:${name}/+4420712345${at}0`] },
      })),
    },
  },
});

type Told = Readonly<Record<string, string | null>>;

/** Header lines of the only INVITE that comes of that, which the peer refuses. */
async function invited(call: () => Promise<unknown>): Promise<string> {
  const refuses = rig.keep(
    await Sipp.start({ scenario: 'reject', port: peer, keys: { status: 486, phrase: 'Busy Here' } }),
  );
  await call();
  await refuses.succeeded();
  await rig.box.idle();
  return refuses.requests('INVITE')[0] ?? '';
}

function tells(invite: string, told: Told): void {
  for (const [name, value] of Object.entries(told)) {
    const found = new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(invite)?.[1] ?? null;
    const shown = found?.replace(/;tag=.*$/, '') ?? null;
    assert.is(shown, value, `${name} in\n${invite}`);
  }
}

const HERE = '127.0.0.1';
const anonymous = 'Anonymous <sip:anonymous@anonymous.invalid>';

for (const [trunk, from, told] of [
  ['plain', undefined, { From: `<sip:+00000000@${HERE}>`, 'P-Asserted-Identity': null, Privacy: null }],
  ['plain', 'alice@example.com', { From: `<sip:+00000000@${HERE}>` }],
  ['plain', '14155550101@example.com', { From: `<sip:+14155550101@${HERE}>` }],
  ['plain', '1001@example.com', { From: `<sip:1001@${HERE}>` }],
  ['names', 'alice@example.com', { From: `<sip:alice@${HERE}>` }],
  ['names', 'a b"@example.com', { From: `<sip:+00000000@${HERE}>` }],
  ['line', undefined, { From: '"Main Office" <sip:02070000000@line.test>' }],
  ['line', '1001@example.com', { From: '"Main Office" <sip:02070000000@line.test>' }],
  ['line', '02079460000@example.com', { From: '"Main Office" <sip:02079460000@line.test>' }],
  ['line', '+33123456789@example.com', { From: '"Main Office" <sip:0033123456789@line.test>' }],
  [
    'trusted',
    '+442079460000@example.com',
    {
      From: '<sip:442079460000@box.test>',
      'P-Asserted-Identity': '<sip:442079460000@box.test>',
      'Remote-Party-ID': '<sip:442079460000@box.test>;party=calling;screen=no;privacy=off',
    },
  ],
  ['trusted', undefined, { From: '<sip:+00000000@box.test>', 'P-Asserted-Identity': null, 'Remote-Party-ID': null }],
  // No trunk between: the number as it is, at the host that the application gave.
  [`${HERE}:${peer}`, '14155550101@example.com', { From: `<sip:+14155550101@${HERE}>` }],
] as [string, string | undefined, Told][]) {
  rig.test(`an application that calls over ${trunk} as ${from ?? 'nobody'} shows just that`, async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const options = { headers: { 'X-Ticket': '4711' }, ...(from !== undefined && { from }) };
    const invite = await invited(() => application.dial(session, `sip:+442071234567@${trunk}`, options));
    tells(invite, { ...told, 'X-Ticket': '4711', 'X-OpenTok-SessionId': session });
  });
}

const SAYS = [
  'From: "Bob" <sip:1001@pbx.test>;tag=raw',
  'P-Asserted-Identity: "Bob B" <sip:+442079460001@pbx.test>',
  'X-Ticket: 4711',
  'X-OpenTok-SessionId: forged',
  'P-Charging-Vector: secret',
];
const HIDES = [...SAYS.slice(1), 'From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=raw', 'Privacy: id'];

for (const [what, from, number, says, told] of [
  [
    'of a trusted trunk is known by what it asserts',
    '127.0.0.5',
    '1',
    SAYS,
    {
      From: `"Bob B" <sip:+442079460001@${HERE}>`,
      'P-Asserted-Identity': null,
      Diversion: null,
      'X-Ticket': '4711',
      'X-OpenTok-SessionId': null,
      'P-Charging-Vector': null,
    },
  ],
  [
    'of another trunk is believed its From alone',
    '127.0.0.6',
    '1',
    SAYS,
    { From: `Bob <sip:1001@${HERE}>`, 'P-Asserted-Identity': null, 'Remote-Party-ID': null },
  ],
  [
    'who is hidden stays so where nothing is asserted',
    '127.0.0.5',
    '1',
    HIDES,
    { From: anonymous, 'P-Asserted-Identity': null, 'Remote-Party-ID': null, Privacy: 'id' },
  ],
  [
    'who is hidden is named to a trusted trunk, which is told to hide it, and so is who was called first',
    '127.0.0.5',
    '2',
    HIDES,
    {
      From: anonymous,
      Privacy: 'id',
      'P-Asserted-Identity': '"Bob B" <sip:442079460001@box.test>',
      'Remote-Party-ID': '"Bob B" <sip:442079460001@box.test>;party=calling;screen=yes;privacy=full',
      Diversion: '<sip:2@box.test>;reason=unconditional;counter=1',
    },
  ],
  [
    'who is hidden is shown where the operator says so',
    '127.0.0.5',
    '3',
    HIDES,
    {
      From: `"Bob B" <sip:+442079460001@${HERE}>`,
      Privacy: null,
      'P-Asserted-Identity': null,
      'Remote-Party-ID': `"Bob B" <sip:+442079460001@${HERE}>;party=calling;screen=yes;privacy=off`,
    },
  ],
] as [string, string, string, string[], Told][]) {
  rig.test(`a caller ${what}`, async () => {
    const caller = rig.keep(await RawSip.open(rig.box.sipAddress, from));
    const request = caller.request('INVITE', number, { body: caller.offer(4000) });
    const invite = await invited(async () => {
      caller.send(request.replace(/^From: .*\r\n/m, `${says.join('\r\n')}\r\n`));
      const answer = await until('the refusal', () => caller.answers()[0]);
      assert.match(answer, /^SIP\/2\.0 486 /);
    });
    tells(invite, told);
  });
}

rig.run();
