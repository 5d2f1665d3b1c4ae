import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serverTransactionKey } from './call-key.ts';
import { SipParseError } from './errors.ts';
import { INVITE, OK, REGISTER, UNUSUAL } from './message.samples.ts';
import { mutate, seededRandom } from './mutations.ts';
import { parseNameAddr } from './name-addr.ts';
import { parseMessage } from './parse.ts';
import { serialise } from './serialise.ts';
import { parseUri } from './uri.ts';
import { parseVia } from './via.ts';

/** Reads all that the stack reads of a message. @returns whether it was one */
function readAll(bytes: Buffer): boolean {
  try {
    const message = parseMessage(bytes);
    // What parses can be written, whatever stands in it: responses echo it.
    serialise(message);
    const via = parseVia(message.headers.get('Via') ?? '');
    for (const name of ['From', 'To', 'Contact', 'Route', 'Record-Route'])
      for (const value of message.headers.getAll(name)) parseUri(parseNameAddr(value).uri);
    if (message.kind === 'request') {
      serverTransactionKey(message, via);
      parseUri(message.uri);
    }
    return true;
  } catch (error) {
    if (error instanceof SipParseError) return false;
    throw error;
  }
}

/** CPU milliseconds; the best of three, so that a neighbour on the same core is not taken for slowness. */
function cpuMs(work: () => void, limitMs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3 && best >= limitMs; i++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test('20,000 damaged messages are read or refused with the typed error, each within 5 ms', () => {
  const originals = [INVITE, OK, REGISTER, UNUSUAL].map(text => Buffer.from(text));
  const random = seededRandom(3261);
  let accepted = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = mutate(originals[i % originals.length]!, random);
    const ms = cpuMs(() => {
      if (readAll(bytes)) accepted++;
    }, 5);
    assert.ok(ms < 5, `${ms} ms for ${JSON.stringify(bytes.toString('latin1'))}`);
  }
  // Both ends of the road were walked.
  assert.ok(accepted > 1000 && accepted < 19_000, `${accepted} accepted`);
});

const LONG = 60_000;
const HEADER = 8100;
const withHeader = (line: string) => INVITE.replace('Max-Forwards: 69', line);
const REPEATS: [what: string, text: string][] = [
  ['blank lines first', '\r\n'.repeat(LONG / 2) + INVITE],
  ['a head of blanks', withHeader(`X:${' '.repeat(HEADER)}`)],
  ['folds', withHeader(`X: a${'\r\n '.repeat(20_000)}`)],
  ['commas in Via', withHeader(`Via: ${','.repeat(HEADER)}`)],
  ['quotes in Contact', withHeader(`Contact: ${'"'.repeat(HEADER)}`)],
  ['backslashes in a quoted name', INVITE.replace('"Alice Liddell"', `"${'\\'.repeat(HEADER)}"`)],
  ['opening brackets', withHeader(`Contact: ${'<,'.repeat(HEADER / 2)}`)],
  ['semicolons in To', INVITE.replace('To: Bob <sip:bob@biloxi.com>', `To: <sip:b@c>${';'.repeat(HEADER)}`)],
  ['parameters in Via', INVITE.replace(';branch=z9hG4bK77ef4c2312983.1', ';a=1'.repeat(HEADER / 4))],
  ['slashes and blanks in Via', INVITE.replace('SIP/2.0/UDP bigbox3', `SIP/2.0/${' '.repeat(HEADER)}`)],
  ['blanks behind the Via transport', INVITE.replace('UDP bigbox3', `UDP${' '.repeat(HEADER)}`)],
  ['percent signs in a URI', INVITE.replace('sip:bob@', `sip:${'%41'.repeat(600)}@`)],
  ['at signs in a URI', INVITE.replace('sip:bob@', `sip:${'@'.repeat(2000)}`)],
  ['short headers', withHeader(Array<string>(240).fill('X: ').join('\r\n'))],
  ['short headers beyond the bound', withHeader('a:b\r\n'.repeat(LONG / 5))],
  ['colons', withHeader(':'.repeat(LONG))],
  ['a long reason', OK.replace('200 OK', `200 ${'x '.repeat(LONG / 2)}`)],
];

for (const [what, text] of REPEATS) {
  test(`long repeats cost no more than their length: ${what}`, () => {
    const ms = cpuMs(() => void readAll(Buffer.from(text)), 5);
    assert.ok(ms < 5, `${ms} ms`);
  });
}

test.run();
