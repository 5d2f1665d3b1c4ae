import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Hop } from '../transport/hop.ts';
import { DialogPair } from './dialog-pair.fixture.ts';
import { DialogPath } from './dialog-path.ts';
import type { DialogState } from './dialog-state.ts';

const STATE: DialogState = {
  callId: 'c',
  localTag: 'l',
  remoteTag: 'r',
  local: '<sip:us@192.0.2.1>;tag=l',
  remote: '<sip:them@b.example>;tag=r',
  routeSet: [],
  remoteTarget: 'sip:them@192.0.2.2',
  localSeq: 1,
  remoteSeq: null,
  remoteAllows: new Set(),
  remoteSupports: new Set(),
};
const UDP: Hop = { transport: 'udp', address: '198.51.100.7', port: 5062 };
const TLS: Hop = { transport: 'tls', address: '192.0.2.2', port: 5061, serverName: 'sip.carrier.example' };

function path(remoteTarget: string, peer: Hop, allowTarget: (address: string) => boolean = () => true): DialogPath {
  const { stack, local } = new DialogPair().alice;
  const resolver = { ...stack.resolver, allowTarget };
  return new DialogPath({ ...stack, resolver }, { ...STATE, remoteTarget }, peer, local);
}

/** The hop, or why there is none. */
function nextHop(from: DialogPath): Hop | string {
  let found: Hop | string = 'later';
  from.toNextHop(
    hop => {
      found = hop;
    },
    error => {
      found = error.message;
    },
  );
  return found;
}

test('a dialog over TLS stays on the connection whose name was checked, though its Contact is a bare address', () => {
  for (const target of ['sips:them@192.0.2.2', 'sip:them@192.0.2.2;transport=tls', 'sips:them@192.0.2.2:5061']) {
    const dialog = path(target, TLS);
    // A request of the far end over a connection of its own does not change whom we know.
    dialog.seen({ transport: 'tls', address: '192.0.2.2', port: 40_000 });
    assert.equal(nextHop(dialog), TLS, target);
  }
});

test('a sips: target never leaves TLS, even when nothing else is left', () => {
  const forbidden = () => false;
  assert.match(nextHop(path('sips:them@192.0.2.2', UDP, forbidden)) as string, 'not allowed');
  assert.equal(nextHop(path('sips:them@192.0.2.2', TLS, forbidden)), TLS);
  assert.equal(nextHop(path('sip:them@192.0.2.2', UDP, forbidden)), UDP);

  const dialog = path('sips:them@192.0.2.9', UDP);
  const hop = nextHop(dialog) as Hop;
  assert.is(hop.transport, 'tls');
  assert.not(dialog.avoid(hop));
});

test('a hop that cannot be reached is left for where the far end was seen last, once', () => {
  const dialog = path('sip:them@192.0.2.2', UDP);
  const moved: Hop = { ...UDP, port: 7000 };
  dialog.seen(moved);
  const hop = nextHop(dialog) as Hop;
  assert.is(hop.address, '192.0.2.2');
  assert.ok(dialog.avoid(hop));
  assert.equal(nextHop(dialog), moved);
  assert.not(dialog.avoid(moved));
});

test('a large request may go over TCP only where the target leaves the transport open (§18.1.1)', () => {
  const { stack, local } = new DialogPair().alice;
  const asked: number[] = [];
  stack.transport.forSize = (hop, bytes) => {
    asked.push(bytes);
    return [{ ...hop, transport: 'tcp' }, hop];
  };
  const ways = (remoteTarget: string, routeSet: string[] = []) =>
    new DialogPath(stack, { ...STATE, remoteTarget, routeSet }, UDP, local).waysTo(UDP, 2000);
  assert.equal(
    ways('sip:them@192.0.2.2').map(hop => hop.transport),
    ['tcp', 'udp'],
  );
  assert.is(ways('sip:them@192.0.2.2;transport=udp').length, 1);
  assert.is(ways('sip:them@192.0.2.2', ['<sip:192.0.2.3;lr;transport=udp>']).length, 1);
  assert.equal(asked, [2000]);
});

test.run();
