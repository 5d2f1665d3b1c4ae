import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipParseError } from '../message/errors.ts';
import { mutate, seededRandom } from '../message/mutations.ts';
import { referEventId } from './refer-event.ts';
import { formatReferTo, parseReferTo } from './refer-to.ts';
import { formatReferredBy, parseReferredBy } from './referred-by.ts';
import { formatReplaces, parseReplaces } from './replaces.ts';
import { formatSipfrag, parseSipfrag } from './sipfrag.ts';
import { formatSubscriptionState, parseSubscriptionState } from './subscription-state.ts';

const REPLACES = '98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff;early-only';
const REFER_TO = `"Dave D" <sip:dave@denver.example.org;method=INVITE?Replaces=${encodeURIComponent(REPLACES)}&X-A=b%20c>`;

/** Each reads a text and, when it could be read, writes what it read. */
const READERS: [original: string, readAndWrite: (text: string) => string][] = [
  [REPLACES, text => formatReplaces(parseReplaces(text))],
  [REFER_TO, text => formatReferTo(parseReferTo(text))],
  ['"A" <sip:alice@example.com>;cid="1@x"', text => formatReferredBy(parseReferredBy(text))],
  [
    'SIP/2.0 180 Ringing\r\nTo: x\r\n',
    text =>
      formatSipfrag(parseSipfrag(Buffer.from(text)))
        .toString()
        .trimEnd(),
  ],
  ['terminated;reason=noresource', text => formatSubscriptionState(parseSubscriptionState(text))],
  ['active;expires=60', text => formatSubscriptionState(parseSubscriptionState(text))],
  ['refer;id=93809824', text => String(referEventId(text))],
];

test('whatever is done to a value, it is read or refused; what is written of it is one line that can be read again', () => {
  const random = seededRandom(3515);
  let read = 0;
  for (const [original, readAndWrite] of READERS) {
    for (let round = 0; round < 3_000; round++) {
      // A header value: the parser of messages lets no line break in.
      const text = mutate(Buffer.from(original), random)
        .toString('utf8')
        .replace(/[\r\n\0]/g, ' ');
      try {
        const written = readAndWrite(text);
        read += 1;
        assert.not.match(written, /[\r\n\0]/, text);
        if (!original.startsWith('refer;')) assert.is(readAndWrite(written), written, text);
      } catch (error) {
        if (!(error instanceof SipParseError)) throw error;
      }
    }
  }
  assert.ok(read > 2_000, `${read} could be read`);
});

test.run();
