import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallId, newId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { TraceBook } from '../../sip/trace/trace-book.ts';
import { CallTraces, type TracesWritten } from './call-traces.ts';
import { TraceArchive } from './trace-archive.ts';

interface Context {
  folder: string;
  clock: ManualClock;
  book: TraceBook;
}

const test = suite<Context>('traces of calls');

test.before.each(context => {
  context.folder = mkdtempSync(path.join(os.tmpdir(), 'traces-'));
  context.clock = new ManualClock(1_700_000_000_000);
  context.book = new TraceBook(context.clock);
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const local = {
  transport: 'udp',
  address: '192.0.2.1',
  port: 5060,
  advertised: { host: '192.0.2.1', port: 5060 },
  sentBy: '192.0.2.1:5060',
} as const;
const peer = { transport: 'udp', address: '192.0.2.9', port: 5060 } as const;

function say(book: TraceBook, callId: string, line = 'BYE sip:a SIP/2.0'): void {
  book.record('in', Buffer.from(`${line}\r\nCall-ID: ${callId}\r\n\r\n`), local, peer);
}

async function tracesOf({ folder, clock, book }: Context, written: TracesWritten, maxFiles = 10) {
  const archive = new TraceArchive(folder, maxFiles, silentLog);
  await archive.start();
  return { archive, traces: new CallTraces({ clock, book, archive, written }) };
}

test('a live call is told from memory, with every dialog that it had', async context => {
  const { traces } = await tracesOf(context, 'failed');
  const call = newId<CallId>();
  traces.attach(call, 'one');
  say(context.book, 'one');
  traces.attach(call, 'two');
  say(context.book, 'two');
  say(context.book, 'three');
  assert.is((await traces.read(call))?.messages.length, 2);
  assert.is(await traces.read(newId()), null);
  assert.is(await traces.read('../../etc/passwd'), null);
});

test('a call that failed is on disk, with what was said just after its end and without secrets', async context => {
  const { archive, traces } = await tracesOf(context, 'failed');
  const call = newId<CallId>();
  traces.attach(call, 'one');
  say(context.book, 'one', 'INVITE sip:a:hunter2@b SIP/2.0');
  traces.ended(call, true);
  say(context.book, 'one');
  context.clock.advance(2_000);
  await archive.close();
  const [file, ...others] = readdirSync(context.folder);
  assert.equal(others, []);
  assert.not.match(readFileSync(path.join(context.folder, file!), 'utf8'), 'hunter2');

  // A new process, with nothing in memory.
  const { traces: later } = await tracesOf({ ...context, book: new TraceBook(context.clock) }, 'failed');
  const trace = await later.read(call);
  assert.equal(
    trace?.messages.map(({ bytes }) => bytes.toString('latin1').split('\r\n')[0]),
    ['INVITE sip:a:*******@b SIP/2.0', 'BYE sip:a SIP/2.0'],
  );
});

test('a process that ends writes what it was waiting for', async context => {
  const { traces } = await tracesOf(context, 'failed');
  const call = newId<CallId>();
  traces.attach(call, 'a');
  say(context.book, 'a');
  traces.ended(call, true);
  await traces.close();
  assert.is(readdirSync(context.folder).length, 1);
  context.clock.advance(2_000);
  await traces.close();
  assert.is(readdirSync(context.folder).length, 1, 'once');
});

test('a call that went well is written only when all are asked for', async context => {
  for (const [written, files] of [
    ['failed', 0],
    ['none', 0],
    ['all', 1],
  ] as const) {
    const { archive, traces } = await tracesOf(context, written);
    const call = newId<CallId>();
    traces.attach(call, written);
    say(context.book, written);
    traces.ended(call, false);
    context.clock.advance(2_000);
    await archive.close();
    assert.is(readdirSync(context.folder).length, files, written);
    assert.is((await traces.read(call))?.messages.length, 1, 'memory still has it');
  }
});

test('the disk keeps the newest only, also over a restart', async context => {
  const calls: CallId[] = [];
  for (let round = 0; round < 2; round++) {
    const { archive, traces } = await tracesOf(context, 'failed', 3);
    for (let i = 0; i < 4; i++) {
      const call = newId<CallId>();
      calls.push(call);
      traces.attach(call, call);
      say(context.book, call);
      traces.ended(call, true);
      context.clock.advance(2_000);
    }
    await archive.close();
  }
  assert.is(readdirSync(context.folder).length, 3);
  const { archive } = await tracesOf(context, 'failed', 3);
  assert.is(await archive.read(calls[0]!), null);
  assert.is((await archive.read(calls.at(-1)!))?.messages.length, 1);
});

test('a file that somebody damaged is no trace, and breaks nothing', async context => {
  const { archive } = await tracesOf(context, 'failed');
  const call = newId<CallId>();
  for (const content of ['{', '{"messages":[{}]}']) {
    writeFileSync(path.join(context.folder, `000001700000000-${call}.json`), content);
    await archive.start();
    assert.is(await archive.read(call), null);
  }
});

test('a folder that cannot be written to loses the trace and not the call', async context => {
  const { archive, traces } = await tracesOf(context, 'all');
  const call = newId<CallId>();
  traces.attach(call, 'a');
  say(context.book, 'a');
  traces.ended(call, true);
  rmSync(context.folder, { recursive: true });
  context.clock.advance(2_000);
  await archive.close();
  assert.is((await traces.read(call))?.messages.length, 1);
  await tracesOf(context, 'all'); // makes the folder again
});

test.run();
