import { Compile } from 'typebox/compile';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../base/errors.ts';
import type { CallId, ProjectId } from '../base/ids.ts';
import { ManualClock } from '../base/manual-clock.ts';
import { CallFacts, CallRecord } from '../records/call-record.ts';
import { NoCommonCodec } from '../sdp/common-codecs.ts';
import { Headers } from '../sip/message/headers.ts';
import { agreedSide, writtenLeg, writtenServices } from './call.fixture.ts';
import { Call, type RecordCallEvent } from './call.ts';
import { failedTries } from './call-tries.ts';
import { farEndSaid } from './far-end-said.ts';
import { endReasons, sipFailure } from './reasons.ts';
import { SILENT } from './sip-side.ts';

const isFacts = Compile(CallFacts);
const isRecord = Compile(CallRecord);

function scene(answered = true) {
  const clock = new ManualClock();
  const told: [type: string, about: Parameters<RecordCallEvent>[1]][] = [];
  const { services } = writtenServices(clock);
  const record: RecordCallEvent = async (event, about) => void told.push([event.type, about]);
  const ref = {
    id: 'call' as CallId,
    project: '46000001' as ProjectId,
    session: null,
    connection: null,
    createdAt: clock.now(),
  };
  const leg = writtenLeg('leg');
  const side = answered ? agreedSide(leg, 'PCMU') : { leg, signalling: SILENT };
  const call = new Call(
    { ref, direction: 'inbound', from: 'sip:a:hunter2@b', to: '100', trunk: 'pbx', contact: '<sip:100@192.0.2.1>' },
    [side],
    { ...services, record },
    async () => {},
  );
  return { call, clock, told };
}

test('what is known of a call goes with every event of its life, its record with the last one', async () => {
  const { call, clock, told } = scene();
  await call.created();
  clock.advance(100);
  call.ringing();
  clock.advance(900);
  call.active();
  call.pressed('first-side', { digit: '1', durationMs: 100, source: 'rfc4733' });
  clock.advance(5_000);
  await call.end('far-end', endReasons.normalClearing);
  assert.equal(
    told.map(([type, about]) => [type, about === undefined ? 'nothing' : 'result' in about ? 'record' : 'facts']),
    [
      ['callCreated', 'facts'],
      ['callUpdated', 'facts'],
      ['callUpdated', 'facts'],
      ['callDigit', 'nothing'],
      ['callUpdated', 'nothing'],
      ['callDestroyed', 'record'],
    ],
  );
  for (const [, about] of told.slice(0, 3)) assert.ok(isFacts.Check(about));
  const record = told.at(-1)?.[1];
  assert.ok(isRecord.Check(record), JSON.stringify([...isRecord.Errors(record)]));
  const { createdAt } = call.ref;
  assert.equal(
    [record.ringingAt, record.activeAt, record.endedAt, record.digits, record.result, record.reason.slug],
    [createdAt + 100, createdAt + 1_000, createdAt + 6_000, 1, 'completed', 'normal-clearing'],
  );
  assert.equal([record.trunks, record.contact], [{ in: 'pbx', out: null }, '<sip:100@192.0.2.1>']);
  assert.is(record.acknowledged, false);
  assert.is(record.from, 'sip:a@b', 'a password in a URI is not kept');
});

test('of a call out it is known where it was tried and what was said there', async () => {
  const { call, told } = scene(false);
  const hop = { transport: 'udp', address: '192.0.2.9', port: 5060 } as const;
  call.notes.aimAt('sip:1:hunter2@carrier', 'carrier');
  const headers = Headers.of([
    ['WWW-Authenticate', 'Digest realm="carrier.example", nonce="abc"'],
    ['Server', 'pbx/1'],
  ]);
  const ends = [{ hop, status: 401, phrase: 'Unauthorized', cause: 'response' } as const];
  call.notes.tried(
    failedTries('sip:1:hunter2@carrier', { ends }),
    farEndSaid(headers, { username: 'box', password: 'hunter2' }),
  );
  await call.end('far-end', sipFailure(401, 'Unauthorized'));
  const record = told.at(-1)?.[1];
  assert.ok(isRecord.Check(record));
  assert.equal(record.tries, [
    { target: 'sip:1@carrier', hop: 'udp 192.0.2.9:5060', outcome: 'response', status: 401, detail: 'Unauthorized' },
  ]);
  assert.equal([record.target, record.trunks.out], ['udp 192.0.2.9:5060', 'carrier']);
  assert.equal([record.said?.realm, record.said?.username, record.said?.server], ['carrier.example', 'box', 'pbx/1']);
  assert.not.match(JSON.stringify(record), 'hunter2');
});

test('the first problem counts, with both lists where it is about codecs', async () => {
  const { call, told } = scene(false);
  call.notes.cannotGoOn(new NoCommonCodec('no', ['G729/8000'], ['PCMU']));
  call.fail(new CrosspointError('media.worker-lost', 'later'));
  await call.end('box', endReasons.normalClearing);
  const record = told.at(-1)?.[1];
  assert.ok(isRecord.Check(record));
  assert.equal(record.problem, {
    code: 'sdp.no-common-codec',
    message: 'no audio codec in common – no',
    ours: ['PCMU'],
    theirs: ['G729/8000'],
  });
  assert.equal([record.reason.code, record.result], ['703', 'failed']);
});

test('what far ends say is bounded', () => {
  const { call } = scene(false);
  const ends = Array.from({ length: 40 }, () => ({
    hop: null,
    status: 500,
    phrase: 'x'.repeat(5_000),
    cause: 'response' as const,
  }));
  call.notes.tried(
    failedTries('sip:a@b', { ends }),
    farEndSaid(Headers.of([['Warning', 'y'.repeat(5_000)]]), undefined),
  );
  for (let number = 0; number < 40; number++) call.speaksIn(`${number}@box`);
  assert.ok(JSON.stringify([call.notes.tries, call.notes.said, call.notes.sipCallIds]).length < 8_000);
});

test.run();
