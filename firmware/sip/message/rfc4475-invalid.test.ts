import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from './errors.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { INVALID, SEMANTIC, type TortureName, torture } from './torture.samples.ts';
import { parseUri } from './uri.ts';

/** What the parser itself refuses, with the status that the RFC asks for. */
const REFUSED: Partial<Record<TortureName, [status: number, why: RegExp]>> = {
  badinv01: [400, /Via is empty/],
  clerr: [400, /shorter than Content-Length/],
  ncl: [400, /Content-Length is not a number/],
  scalar02: [400, /CSeq number/],
  scalarlg: [400, /CSeq number/],
  ltgtruri: [400, /Request-URI/],
  lwsruri: [400, /Request-URI/],
  lwsstart: [400, /Request-URI/],
  trws: [400, /SIP\/2\.0/],
  badvers: [505, /SIP\/2\.0/],
  mismatch01: [400, /CSeq method/],
  mismatch02: [400, /CSeq method/],
  bigcode: [400, /status line/],
  insuf: [400, /there is no From/],
  multi01: [400, /stands twice/],
  mcl01: [400, /Content-Length stands twice/],
};

for (const name of [...INVALID, ...SEMANTIC]) {
  const expected = REFUSED[name];
  if (expected) {
    test(`${name} is refused with ${expected[0]}`, () => {
      assert.throws(
        () => parseMessage(torture(name)),
        (error: unknown) =>
          error instanceof SipParseError && error.status === expected[0] && expected[1].test(error.message),
      );
    });
  } else {
    test(`${name} is read, for others to judge`, () => {
      parseMessage(torture(name));
    });
  }
}

test('quotbal: a quote that does not end is found when the address is read (§3.1.2.6)', () => {
  const { headers } = parseMessage(torture('quotbal'));
  assert.throws(
    () => parseNameAddr(headers.get('To') ?? ''),
    (error: unknown) => error instanceof SipParseError && error.status === 400,
  );
});

test('where the RFC lets one be liberal, the meaning is taken (§3.1.2.11 to §3.1.2.15)', () => {
  const read = (name: TortureName, header: string) =>
    parseNameAddr(parseMessage(torture(name)).headers.get(header) ?? '');
  // Spaces inside of <…>.
  assert.is(read('badaspec', 'To').uri, 'sip:t.watson@example.org');
  // A display name that should have been quoted.
  assert.is(read('baddn', 'From').displayName, 'Bell, Alexander');
  assert.is(read('baddn', 'To').displayName, 'Watson, Thomas');
  // Escaped headers: seen, for whoever uses the URI to leave out.
  const invite = parseMessage(torture('escruri'));
  assert.is(invite.kind === 'request' && parseUri(invite.uri).headers, 'Route=%3Csip:example.com%3E');
  assert.is(parseUri(read('regbadct', 'Contact').uri).headers, 'Route=%3Csip:sip.example.com%3E');
});

test.run();
