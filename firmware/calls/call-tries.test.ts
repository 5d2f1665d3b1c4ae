import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../base/errors.ts';
import type { HopEnd } from '../sip/user-agent/invite-listener.ts';
import { answeredTries, failedTries } from './call-tries.ts';

const hop = { transport: 'udp', address: '192.0.2.9', port: 5060 } as const;

function unsent(cause: Error & { code?: string }): HopEnd {
  const error = new CrosspointError('sip.send-failed', `the INVITE could not be sent: ${cause.message}`, { cause });
  return { hop, status: null, phrase: error.message, cause: 'transport', error };
}

function systemError(code: string): Error & { code?: string } {
  return Object.assign(new Error(code), { code });
}

const ends: [seen: string, end: HopEnd, outcome: string][] = [
  ['a response', { hop, status: 486, phrase: 'Busy Here', cause: 'response' }, 'response'],
  ['silence', { hop, status: null, phrase: 'no response (Timer B)', cause: 'timeout' }, 'timeout'],
  ['a CANCEL of ours', { hop, status: null, phrase: 'cancelled', cause: 'cancelled' }, 'given-up'],
  ['the ring limit', { hop, status: null, phrase: 'nobody answered in time', cause: 'ring-limit' }, 'given-up'],
  ['a closed port', unsent(systemError('ECONNREFUSED')), 'refused'],
  ['a connection that is cut', unsent(systemError('ECONNRESET')), 'refused'],
  ['a certificate that is too old', unsent(systemError('CERT_HAS_EXPIRED')), 'tls'],
  ['a certificate of nobody known', unsent(systemError('UNABLE_TO_VERIFY_LEAF_SIGNATURE')), 'tls'],
  ['a certificate that it signed itself', unsent(systemError('DEPTH_ZERO_SELF_SIGNED_CERT')), 'tls'],
  ['no TLS at all', unsent(systemError('ERR_SSL_WRONG_VERSION_NUMBER')), 'tls'],
  ['a certificate of another name', unsent(new CrosspointError('sip.tls-name', 'not its name')), 'tls'],
  ['another key than the pinned one', unsent(new CrosspointError('sip.tls-pin', 'another key')), 'tls'],
  ['no route', unsent(systemError('ENETUNREACH')), 'network'],
  [
    'a name that leads nowhere',
    {
      hop: null,
      status: null,
      phrase: 'x',
      cause: 'transport',
      error: new CrosspointError('sip.target-unresolved', 'the host x cannot be resolved', {
        cause: systemError('ENOTFOUND'),
      }),
    },
    'dns',
  ],
];

for (const [seen, end, outcome] of ends)
  test(`${seen}: ${outcome}`, () => {
    const [only, ...others] = failedTries('sip:bob@carrier', { ends: [end] });
    assert.equal(
      [only?.target, only?.hop, only?.outcome, others.length],
      ['sip:bob@carrier', end.hop && 'udp 192.0.2.9:5060', outcome, 0],
    );
    assert.is(only?.detail, end.phrase);
  });

test('who answered comes after those who did not', () => {
  const silent = { hop, status: null, phrase: 'no response in time', cause: 'timeout' } as const;
  const answered = { transport: 'tls', address: '2001:db8::9', port: 5061 } as const;
  assert.equal(
    answeredTries('sip:bob@carrier', { ends: [silent], hop: answered }).map(each => [each.hop, each.outcome]),
    [
      ['udp 192.0.2.9:5060', 'timeout'],
      ['tls [2001:db8::9]:5061', 'answered'],
    ],
  );
});

test.run();
