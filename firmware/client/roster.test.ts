import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectedMessage, wireConnection, wireStream } from './fake-box.fixture.ts';
import { Roster } from './roster.ts';

function filled(): Roster {
  const roster = new Roster();
  roster.fill(
    connectedMessage({
      connections: [
        wireConnection('me'),
        wireConnection('phone', { kind: 'phone', phone: { number: '+49301', state: 'ringing' } }),
      ],
      streams: [wireStream('s', 'phone')],
    }),
  );
  return roster;
}

test('who is there already is told as if they had just come', () => {
  const changes = new Roster().fill(connectedMessage({ streams: [wireStream('s', 'me')] }));
  assert.equal(
    changes.map(({ type }) => type),
    ['connectionCreated', 'streamCreated'],
  );
});

test('who leaves takes their streams along, and those end first', () => {
  const roster = filled();
  const changes = roster.apply({ type: 'connectionDestroyed', connectionId: 'phone', reason: 'clientDisconnected' });
  assert.equal(
    changes.map(({ type }) => type),
    ['streamDestroyed', 'connectionDestroyed'],
  );
  assert.is(roster.streams.length(), 0);
  assert.is(roster.connections.length(), 1);
});

test('a phone that answers stays the same object, with another state', () => {
  const roster = filled();
  const phone = roster.connections.get('phone');
  const connection = wireConnection('phone', { kind: 'phone', phone: { number: '+49301', state: 'active' } });
  const [change] = roster.apply({ type: 'connectionChanged', connection });
  assert.is(change?.type, 'connectionChanged');
  assert.is(roster.connections.get('phone'), phone);
  assert.is(phone?.phone?.state, 'active');
  assert.equal(roster.apply({ type: 'connectionChanged', connection }), []);
});

test('what is known already, or of somebody unknown, changes nothing', () => {
  const roster = filled();
  assert.equal(roster.apply({ type: 'streamCreated', stream: wireStream('s', 'phone') }), []);
  assert.equal(roster.apply({ type: 'streamCreated', stream: wireStream('x', 'nobody') }), []);
  assert.equal(
    roster.apply({ type: 'streamDestroyed', streamId: 'x', connectionId: 'nobody', reason: 'mediaStopped' }),
    [],
  );
  assert.equal(roster.apply({ type: 'connectionDestroyed', connectionId: 'nobody', reason: 'clientDisconnected' }), []);
});

test('a property of a stream changes on the object that the page holds', () => {
  const roster = filled();
  const stream = roster.streams.get('s');
  roster.apply({ type: 'streamChanged', streamId: 's', property: 'muted', oldValue: false, newValue: true });
  assert.is(stream?.muted, true);
  assert.equal(roster.streams.where({ muted: true }), [stream]);
  assert.equal(stream?.videoDimensions, { width: 0, height: 0 });
  const newValue = { width: 640, height: 480 };
  roster.apply({ type: 'streamChanged', streamId: 's', property: 'videoDimensions', oldValue: null, newValue });
  assert.equal(stream?.videoDimensions, newValue);
});

test.run();
