import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FarEndEvent } from './answerer.ts';
import { timesOf } from './far-end.ts';

const call = { phone: 'phone-7', resident: 'resident-1', dialledAtNs: 1e9 };
const events: FarEndEvent[] = [
  { event: 'first-words', user: 'resident-1', atNs: 0.9e9, packet: 9, samples: 1 },
  { event: 'invited', user: 'phone-6', atNs: 1.001e9 },
  { event: 'invited', user: 'phone-7', atNs: 1.002e9 },
  { event: 'answered', user: 'phone-7', atNs: 1.0025e9 },
  { event: 'first-packet', user: 'phone-7', atNs: 1.0045e9 },
  { event: 'hears', user: 'phone-7', atNs: 1.0055e9 },
  { event: 'first-words', user: 'resident-2', atNs: 1.02e9, packet: 9, samples: 1 },
  { event: 'first-words', user: 'resident-1', atNs: 1.0325e9, packet: 1, samples: 80 },
];

test('a call is timed by what its own phone and the one in its session saw', () => {
  assert.equal(timesOf(call, events), {
    restToInvite: 2,
    answerToPacket: 2,
    answerToVoice: 3,
    wordsLost: 30,
    answerToHeard: 30,
  });
});

test('what was not seen is null', () => {
  assert.equal(timesOf(call, events.slice(0, 3)), {
    restToInvite: 2,
    answerToPacket: null,
    answerToVoice: null,
    wordsLost: null,
    answerToHeard: null,
  });
});

test.run();
