import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ReturnCode, returnCode } from './return-codes.ts';

/** The trunk document's table, letter by letter but for spelling. */
const TABLE = `
100 Trying|180 Ringing|181 Call Is Being Forwarded|182 Queued|183 Session Progress|199 Early Dialog Terminated
200 OK|202 Accepted|204 No Notification
300 Multiple Choices|301 Moved Permanently|302 Moved Temporarily|305 Use Proxy|380 Alternative Service
400 Bad Request|401 Unauthorized|402 Payment Required|403 Forbidden|404 Not Found|405 Method Not Allowed
406 Not Acceptable|407 Proxy Authentication Required|408 Request Timeout|409 Conflict|410 Gone|411 Length Required
412 Conditional Request Failed|413 Request Entity Too Large|414 Request-URI Too Long|415 Unsupported Media Type
416 Unsupported URI Scheme|417 Unknown Resource-Priority|420 Bad Extension|421 Extension Required
422 Session Interval Too Small|423 Interval Too Brief|424 Bad Location Information|428 Use Identity Header
429 Provide Referrer Identity|430 Flow Failed|433 Anonymity Disallowed|436 Bad Identity Info|437 Unsupported Credential
438 Invalid Identity Header|439 First Hop Lacks Outbound Support|440 Max-Breadth Exceeded|469 Bad Info Package
470 Consent Needed|480 Temporarily Unavailable|481 Call/Transaction Does Not Exist|482 Loop Detected|483 Too Many Hops
484 Address Incomplete|485 Ambiguous|486 Busy Here|487 Request Terminated|488 Not Acceptable Here|489 Bad Event
491 Request Pending|493 Undecipherable|494 Security Agreement Required
500 Server Internal Error|501 Not Implemented|502 Bad Gateway|503 Service Unavailable|504 Server Time-out
505 Version Not Supported|513 Message Too Large|580 Precondition Failure
600 Busy Everywhere|603 Decline|604 Does Not Exist Anywhere|606 Not Acceptable|607 Unwanted`
  .trim()
  .split(/[|\n]/)
  .map(line => [Number(line.slice(0, 3)), line.slice(4)] as const);

for (const [status, phrase] of TABLE) {
  test(`${status} ${phrase} is known by name`, () => {
    const found = returnCode(status);
    assert.equal([found.known, found.phrase, found.code, found.message], [true, phrase, String(status), phrase]);
    // What ends a call says who ended it and why; what does not, says neither.
    assert.is(found.endedBy === null, status < 300);
    assert.is(found.q850 === null, status < 300);
    if (found.retriable) assert.ok(status >= 400);
  });
}

const VERDICTS: [status: number, expected: Pick<ReturnCode, 'retriable' | 'endedBy' | 'q850'>][] = [
  [403, { retriable: false, endedBy: 'network', q850: 21 }],
  [404, { retriable: false, endedBy: 'network', q850: 1 }],
  [408, { retriable: true, endedBy: 'network', q850: 102 }],
  [480, { retriable: true, endedBy: 'callee', q850: 18 }],
  [486, { retriable: true, endedBy: 'callee', q850: 17 }],
  [487, { retriable: false, endedBy: 'caller', q850: 16 }],
  [488, { retriable: false, endedBy: 'callee', q850: 65 }],
  [503, { retriable: true, endedBy: 'network', q850: 41 }],
  [600, { retriable: true, endedBy: 'callee', q850: 17 }],
  [603, { retriable: false, endedBy: 'callee', q850: 21 }],
  [607, { retriable: false, endedBy: 'callee', q850: 21 }],
];

for (const [status, expected] of VERDICTS) {
  test(`the verdict of ${status}`, () => {
    const { retriable, endedBy, q850 } = returnCode(status);
    assert.equal({ retriable, endedBy, q850 }, expected);
  });
}

test('a status that nobody registered counts as the first of its class', () => {
  const { phrase, retriable, endedBy, q850, known } = returnCode(599);
  assert.equal([phrase, retriable, endedBy, q850, known], ['Server Failure', true, 'network', 41, false]);
  assert.is(returnCode(188).endedBy, null);
  assert.is(returnCode(499).retriable, false);
  assert.is(returnCode(399).endedBy, 'network');
  for (const status of [0, 99, 700, Number.NaN]) assert.is(returnCode(status).known, false);
});

test.run();
