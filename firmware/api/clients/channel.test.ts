import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { OpentokProject } from '../../config/projects.ts';
import { Clients } from '../../sessions/clients.ts';
import { Sessions } from '../../sessions/registry.ts';
import { participantToken } from '../testing/participant-token.ts';
import { Channel, type ChannelSocket } from './channel.ts';
import type { ClientRequest, Reply } from './messages.ts';

const project: OpentokProject = {
  kind: 'opentok',
  id: '46000001' as ProjectId,
  secret: 'secret',
  sipMonitoringUrl: null,
  sessionMonitoringUrl: null,
};

/** A WebSocket that writes down what is sent. */
class Wire implements ChannelSocket {
  readonly sent: { n: number; type: string; [key: string]: unknown }[] = [];
  code: number | null = null;
  unreadBytes = 0;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number): void {
    this.code ??= code;
  }

  types(): string[] {
    return this.sent.splice(0).map(({ type }) => type);
  }
}

async function setUp() {
  const clock = new ManualClock();
  const sessions = new Sessions({
    store: { save: async () => {}, all: async () => [], delete: async () => {} },
    events: { record: async () => {} },
    clock,
    log: silentLog,
    limits: { sessionsPerProject: 10, connectionsPerSession: 10 },
  });
  const clients = new Clients({ sessions, projects: new Map([[project.id, project]]), clock });
  const { id } = await sessions.create(project.id, { mediaMode: 'routed', archiveMode: 'manual', location: '' });
  const handled: ClientRequest[] = [];
  const handle = async (_client: unknown, request: ClientRequest): Promise<Reply> => {
    handled.push(request);
    return { ok: true };
  };
  const open = () => {
    const client = clients.enter(project, id, participantToken(project, id, clock.now()));
    const channel = new Channel(client, { clock, handle });
    const wire = new Wire();
    channel.open(wire);
    return { client, channel, wire };
  };
  const ping = (id: number) => JSON.stringify({ type: 'ping', id });
  return { clock, sessions, clients, id, handled, open, ping };
}

/** Replies come in a later turn. */
const turn = () => new Promise(resolve => setImmediate(resolve));

test('the first message says who is there, and what follows is numbered behind it', async () => {
  const { open } = await setUp();
  const one = open();
  const two = open();
  const [first] = two.wire.sent;
  assert.is(first?.type, 'connected');
  assert.is((first?.connections as unknown[] | undefined)?.length, 2);
  two.channel.closed(two.wire, true);
  assert.equal(
    one.wire.sent.map(({ n, type }) => [n, type]),
    [
      [1, 'connected'],
      [2, 'connectionCreated'],
      [3, 'connectionDestroyed'],
    ],
  );
});

test('a broken channel comes back with all that it missed, within 30 s', async () => {
  const { open, clock } = await setUp();
  const { channel, wire, client } = open();
  channel.closed(wire, false);
  const other = open();
  clock.advance(29_000);
  const again = new Wire();
  assert.ok(channel.resume(again, 1));
  assert.equal(
    again.sent.map(({ n, type }) => [n, type]),
    [
      [2, 'resumed'],
      [3, 'connectionCreated'],
    ],
  );
  channel.closed(again, false);
  other.channel.take(other.wire, JSON.stringify({ type: 'ping', id: 1 }));
  clock.advance(30_000);
  assert.ok(client.gone);
  assert.not.ok(channel.resume(new Wire(), 3));
  const destroyed = other.wire.sent.find(({ type }) => type === 'connectionDestroyed');
  assert.is(destroyed?.reason, 'networkDisconnected');
});

test('whoever resumes takes the place of the channel before', async () => {
  const { open, ping, handled } = await setUp();
  const { channel, wire, client } = open();
  const again = new Wire();
  assert.ok(channel.resume(again, 1));
  assert.is(wire.code, 4409);
  channel.take(wire, ping(1));
  channel.closed(wire, false);
  assert.equal(handled, []);
  assert.not.ok(client.gone);
  channel.take(again, ping(1));
  assert.is(handled.length, 1);
});

test('a request that comes again after a resumption is done once, and its reply comes again', async () => {
  const { open, ping, handled } = await setUp();
  const { channel, wire } = open();
  channel.take(wire, ping(7));
  await turn();
  const again = new Wire();
  channel.resume(again, 1);
  channel.take(again, ping(7));
  await turn();
  assert.is(handled.length, 1);
  assert.equal(again.types(), ['resumed', 'reply']);
});

test('a channel on which nothing is heard for 30 s is broken, one with a ping every 15 s is not', async () => {
  const { open, clock, ping } = await setUp();
  const { channel, wire, client } = open();
  for (let i = 0; i < 10; i++) {
    clock.advance(15_000);
    channel.take(wire, ping(i));
  }
  assert.is(wire.code, null);
  clock.advance(30_000);
  assert.is(wire.code, 4408);
  assert.not.ok(client.gone);
  clock.advance(30_000);
  assert.ok(client.gone);
  assert.is(clock.pendingTimers, 0);
});

test('a burst of 100 messages and 20 a second are taken; more end the connection', async () => {
  const { open, clock, ping } = await setUp();
  const { channel, wire, client } = open();
  let id = 0;
  const send = (count: number) => {
    for (let i = 0; i < count; i++) channel.take(wire, ping(id++));
  };
  send(100);
  for (let second = 0; second < 10; second++) {
    clock.advance(1_000);
    send(20);
  }
  assert.is(wire.code, null);
  send(1);
  assert.is(wire.code, 4429);
  assert.ok(client.gone);
});

test('a reader too slow is cut off, and can come back', async () => {
  const { open, ping } = await setUp();
  const { channel, wire, client } = open();
  wire.unreadBytes = 3 * 1024 * 1024;
  channel.take(wire, ping(1));
  await turn();
  assert.is(wire.code, 4429);
  assert.not.ok(client.gone);
  const again = new Wire();
  assert.ok(channel.resume(again, 1));
  assert.equal(again.types(), ['resumed', 'reply']);
});

test('nonsense ends the connection, a request that is wrong is told so', async () => {
  const { open } = await setUp();
  const { channel, wire, client } = open();
  for (const wrong of [
    { type: 'fly', id: 1 },
    { type: 'hold', id: 2, connectionId: 'x' },
    { type: 'sendDigits', id: 3, connectionId: 'x', digits: 'abc' },
  ])
    channel.take(wire, JSON.stringify(wrong));
  assert.equal(
    wire.sent.slice(1).map(({ re, error }) => [re, (error as { code: string }).code]),
    [1, 2, 3].map(re => [re, 'session.bad-request']),
  );
  channel.take(wire, '[1,2');
  assert.is(wire.code, 4400);
  assert.ok(client.gone);
});

test('who disconnects is answered, and gone', async () => {
  const { open } = await setUp();
  const { channel, wire, client } = open();
  channel.take(wire, JSON.stringify({ type: 'disconnect', id: 1 }));
  assert.equal(wire.types(), ['connected', 'reply']);
  assert.is(wire.code, 1000);
  assert.ok(client.gone);
});

test('who is forced out is told so, and the channel closes with 4403', async () => {
  const { open, clients, clock } = await setUp();
  const { wire, client } = open();
  await clients.forceDisconnect(client);
  assert.equal(wire.types(), ['connected', 'forceDisconnected']);
  assert.is(wire.code, 4403);
  assert.is(clock.pendingTimers, 0);
});

test('when the box shuts down, channels close with 1001', async () => {
  const { open, clients } = await setUp();
  const { wire } = open();
  await clients.close();
  assert.is(wire.code, 1001);
});

test.run();
