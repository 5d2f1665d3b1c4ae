import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { formatHostPort } from './host-port.ts';
import type { SipRequest } from './message.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';
import { type Ipv6TortureName, ipv6Torture, RFC_5118 } from './torture.samples.ts';
import { formatUri, parseUri } from './uri.ts';
import { parseVia } from './via.ts';

function request(name: Ipv6TortureName): SipRequest {
  const message = parseMessage(ipv6Torture(name));
  if (message.kind !== 'request') throw new Error(`${name} is no request`);
  return message;
}

const target = (name: Ipv6TortureName) => {
  const { host, port } = parseUri(request(name).uri);
  return formatHostPort(host, port);
};
const vias = (name: Ipv6TortureName) => request(name).headers.getAll('Via').map(parseVia);

for (const name of RFC_5118) {
  test(`${name} is read, and written so that it reads the same`, () => {
    const once = serialise(request(name));
    assert.is(serialise(parseMessage(once)).toString(), once.toString());
  });
}

test('an IPv6 address stands in brackets, and what is in them is address alone (§4.1 to §4.4)', () => {
  assert.is(target('ipv6-good'), '[2001:db8::10]');
  assert.is(parseVia(request('ipv6-good').headers.get('Via') ?? '').host, '2001:db8::9:1');
  assert.is(parseUri(parseNameAddr(request('ipv6-good').headers.get('Contact') ?? '').uri).host, '2001:db8::1');
  assert.throws(
    () => parseUri(request('ipv6-bad').uri),
    (error: unknown) => error instanceof SipParseError && error.status === 400,
  );
  assert.is(target('port-ambiguous'), '[2001:db8::10:5070]');
  assert.is(target('port-unambiguous'), '[2001:db8::10]:5070');
});

test('received is read with brackets and without (§4.5), and hops of both families stand side by side (§4.7, §4.9)', () => {
  assert.is(vias('via-received-param-with-delim')[0]?.params.get('received'), '[2001:db8::9:255]');
  assert.is(vias('via-received-param-no-delim')[0]?.params.get('received'), '2001:db8::9:255');
  assert.equal(
    vias('mult-ip-in-header').map(({ transport, host, port }) => `${transport} ${formatHostPort(host, port)}`),
    ['UDP [2001:db8::9:1]:6050', 'UDP 192.0.2.1', 'TCP [2001:db8::9:255]'],
  );
  assert.equal(
    vias('ipv4-mapped-ipv6').map(({ host, port }) => formatHostPort(host, port)),
    ['[::ffff:192.0.2.10]:19823', '[::ffff:192.0.2.2]'],
  );
});

test("the third colon of RFC 3261's grammar is read and not written (§4.10)", () => {
  const [three, two] = [
    parseUri(request('ipv6-bug-abnf-3-colons').uri),
    parseUri(request('ipv6-correct-abnf-2-colons').uri),
  ];
  assert.is(three.host, '2001:db8::192.0.2.1');
  assert.is(formatUri(three), formatUri(two));
  for (const wrong of ['sip:[2001:db8:::1]', 'sip:[:::192.0.2.1]x', 'sip:[1::::192.0.2.1]'])
    assert.throws(
      () => parseUri(wrong),
      (error: unknown) => error instanceof SipParseError,
    );
});

test.run();
