import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mediaFigures } from '../../quality/call-media.ts';
import { figures } from '../../quality/quality.samples.ts';
import { newEnd, newRecord, unansweredRecord } from '../../records/call-record.fixture.ts';
import { type ApiRig, OPERATOR_TOKEN, startApi } from '../testing/api-rig.ts';

const test = suite<ApiRig>('records of calls');
const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` };

test.before(async context => {
  Object.assign(context, await startApi());
});
test.after(({ close }) => close());
test.before.each(({ kept }) => {
  kept.length = 0;
});

const media = {
  call: 'x',
  project: 'y',
  endedAt: 1,
  legs: [{ leg: 'leg-1', side: 'first' as const, call: mediaFigures(figures) }],
  problems: [],
};

test('each record is a line of JSON, with its quality and its verdict', async ({ request, kept }) => {
  const busy = unansweredRecord({ code: '486', message: 'Busy Here' }, { result: 'busy' });
  kept.push({ record: newRecord(), media }, { record: busy, media: null });
  const answer = await request('GET', '/device/records', { headers });
  assert.equal([answer.status, answer.headers.get('content-type')], [200, 'application/x-ndjson']);
  const [first, second] = answer.text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.equal(first, { ...newRecord(), quality: media.legs, problems: [], verdict: null });
  assert.equal([second.result, second.quality, second.verdict.rule], ['busy', [], 'busy']);
});

test('in CSV every line has as many cells as the header, whatever stands in them', async ({ request, kept }) => {
  kept.push(
    { record: newRecord({ from: 'a "quoted", name\r\nwith a line break' }), media },
    { record: newRecord({ trunks: { in: null, out: null } }), media: null },
  );
  const { status, headers: said, text } = await request('GET', '/device/records?format=csv', { headers });
  assert.is(status, 200);
  assert.match(said.get('content-type') ?? '', /^text\/csv/);
  assert.match(said.get('content-disposition') ?? '', 'calls.csv');
  assert.match(text, '"a ""quoted"", name\r\nwith a line break"');
  const cells = text
    .replace(/"(?:[^"]|"")*"/g, 'quoted')
    .trimEnd()
    .split('\r\n')
    .map(line => line.split(',').length);
  assert.equal(new Set(cells).size, 1, JSON.stringify(cells));
  assert.is(cells.length, 3);
  const [names = '', first = ''] = text.replace(/"(?:[^"]|"")*"/g, 'quoted').split('\r\n');
  const cellOf = (name: string) => first.split(',')[names.split(',').indexOf(name)];
  assert.equal(['trunk_out', 'answered_at', 'talk_seconds', 'result', 'reason', 'first_codec'].map(cellOf), [
    'carrier',
    '2025-10-09T08:53:22.000Z',
    '60.000',
    'completed',
    'normal-clearing',
    'PCMU/8000',
  ]);
  assert.match(cellOf('first_received_mos') ?? '', /^4\.\d\d$/);
});

test('what a far end calls itself is never a formula of a spreadsheet', async ({ request, kept }) => {
  for (const from of ['=cmd|"/c calc"!A1', '+442071234567', '-1', '@SUM(A1)', '\t=1'])
    kept.push({ record: newRecord({ from, reason: newEnd({ detail: from }) }), media: null });
  const { text } = await request('GET', '/device/records?format=csv', { headers });
  assert.not.match(text, /(?:^|,)"?[=+\-@\t]/m);
  assert.match(text, ",'+442071234567,");
});

test('what is no format is refused, and so is who has no token', async ({ request }) => {
  assert.is((await request('GET', '/device/records?format=xml', { headers })).status, 400);
  assert.is((await request('GET', '/device/records')).status, 401);
});

test.run();
