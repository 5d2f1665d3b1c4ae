import { isCrosspointError } from '../../base/errors.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import { parseAuthorization } from '../auth/authorization.ts';
import { parseChallenge, splitChallenges } from '../auth/challenge.ts';
import { DigestServer } from '../auth/digest-server.ts';
import { Headers } from '../message/headers.ts';
import { referEventId } from '../refer/refer-event.ts';
import { formatReferTo, parseReferTo } from '../refer/refer-to.ts';
import { parseReferredBy } from '../refer/referred-by.ts';
import { parseReplaces } from '../refer/replaces.ts';
import { parseSipfrag } from '../refer/sipfrag.ts';
import { parseSubscriptionState } from '../refer/subscription-state.ts';
import { HopFailures } from '../resolver/hop-failures.ts';
import { addressesInHosts } from '../resolver/hosts-file.ts';
import { resolveTargets } from '../resolver/resolver.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const buffers = (...texts: string[]) => texts.map(text => Buffer.from(text));
/** As header values come: on one line. */
const oneLine = (input: Buffer) => input.toString().replace(/[\r\n\0]/g, ' ');

const server = new DigestServer({
  realm: 'biloxi.com',
  clock: new ManualClock(),
  secret: Buffer.alloc(32, 7),
  password: username => (username === 'bob' ? 'zanzibar' : null),
});

const digest: FuzzTarget = {
  name: 'digest',
  seeds: buffers(
    'Digest username="bob", realm="biloxi.com", nonce="dcd98b", uri="sip:bob@biloxi.com", qop=auth, nc=00000001, cnonce="0a4f", response="6629fae49393a05397450978507c4ef1", opaque="5ccc", algorithm=MD5',
    'Digest username*=UTF-8\'\'J%C3%A4s%C3%B8n, userhash=true, realm="biloxi.com", nonce="x", uri="sip:a", response="0", algorithm=SHA-256',
    'Digest realm="a, \\"b", nonce="n", qop="auth,auth-int", stale=TRUE, Digest realm="c", nonce="d", algorithm=SHA-256, Negotiate, Basic realm="x"',
  ),
  read(input) {
    const value = oneLine(input);
    const headers = Headers.of([['Authorization', value]]);
    const request = {
      kind: 'request',
      method: 'INVITE',
      uri: 'sip:bob@biloxi.com',
      headers,
      body: Buffer.alloc(0),
    } as const;
    const { kind } = server.check(request, 'www');
    if (kind === 'ok') throw new Error('somebody who does not know the password was let in');
    for (const challenge of splitChallenges(value)) parseChallenge(challenge);
    return parseAuthorization(value) !== null;
  },
};

const REFER_READERS: readonly ((value: string) => unknown)[] = [
  value => formatReferTo(parseReferTo(value)),
  parseReplaces,
  parseReferredBy,
  parseSubscriptionState,
  referEventId,
  value => parseSipfrag(Buffer.from(value)),
];

const refer: FuzzTarget = {
  name: 'REFER',
  seeds: buffers(
    '"Dave D" <sip:dave@denver.example.org;method=INVITE?Replaces=98732%40a%3Bfrom-tag%3Dr33%3Bto-tag%3Dff8&X-A=b%20c>',
    '98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff;early-only',
    '"A" <sip:alice@example.com>;cid="1@x"',
    'terminated;reason=noresource;expires=60',
    'refer;id=93809824',
    'SIP/2.0 180 Ringing',
  ),
  read(input) {
    let read = 0;
    for (const each of REFER_READERS) {
      try {
        each(oneLine(input));
        read += 1;
      } catch (error) {
        if (!isCrosspointError(error)) throw error;
      }
    }
    return read > 0;
  },
};

/** Answers of a name server, as node:dns hands them on: lines of `kind|fields`. */
const names: FuzzTarget = {
  name: 'DNS answers',
  seeds: buffers(
    'naptr|10|100|s|SIP+D2U||_sip._udp.example.com\nnaptr|20|100|s|SIPS+D2T||_sips._tcp.example.com\n' +
      'srv|10|60|5060|a.example.com\nsrv|10|0|5061|b.example.com\nsrv|20|65535|5060|192.0.2.9\naddress|192.0.2.1\naddress|2001:db8::1',
    'srv|0|0|0|.\naddress|127.0.0.1\naddress|not an address',
    'naptr|65535|0|u|E2U+sip|!^.*$!sip:x@y!|\nsrv|1|1|65535|\naddress|fe80::1%eth0\naddress|',
  ),
  async read(input, random) {
    const rows = input
      .toString()
      .split('\n')
      .map(line => line.split('|'));
    const of = (kind: string) => rows.filter(([first]) => first === kind);
    const number = (text: string | undefined) => Number(text) || 0;
    const text = (value: string | undefined) => value ?? '';
    const hops = await resolveTargets(
      { scheme: 'sip', user: null, password: null, host: 'example.com', port: null, params: new Map(), headers: null },
      {
        clock: new ManualClock(),
        failures: new HopFailures(new ManualClock()),
        random,
        allowTarget: address => address !== '127.0.0.1',
        reaches: transport => transport !== 'tls',
        names: {
          naptr: async () =>
            of('naptr').map(([, order, preference, flags, service, regexp, replacement]) => ({
              order: number(order),
              preference: number(preference),
              flags: text(flags),
              service: text(service),
              regexp: text(regexp),
              replacement: text(replacement),
            })),
          srv: async () =>
            of('srv').map(([, priority, weight, port, target]) => ({
              priority: number(priority),
              weight: number(weight),
              port: number(port),
              target: text(target),
            })),
          addresses: async () => of('address').map(([, address]) => text(address)),
          pinned: async () => addressesInHosts(input.toString(), 'nobody.example.com'),
        },
      },
    );
    if (hops.length === 0 || hops.some(hop => hop.address === '127.0.0.1' || hop.transport === 'tls'))
      throw new Error(`nobody may be sent to ${JSON.stringify(hops)}`);
    return true;
  },
};

export const VALUE_TARGETS: readonly FuzzTarget[] = [digest, refer, names];
