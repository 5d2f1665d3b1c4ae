import { newSide, newTry, unansweredRecord } from '../records/call-record.fixture.ts';
import { type Case, refusedBy, said, unreached } from './cases.fixture.ts';

export const farEndCases: readonly Case[] = [
  [
    'a name that leads nowhere',
    'name-not-resolved',
    unreached('dns', 'the host carrier cannot be resolved: ENOTFOUND'),
    { side: 'box', says: /carrier could not be resolved.*sip\.dnsServers/ },
  ],
  [
    'a certificate that is not the right one',
    'tls-failed',
    unreached('tls', 'certificate has expired'),
    { side: 'callee', says: /certificate has expired/ },
  ],
  [
    'a closed port, after a target that was silent',
    'connection-refused',
    unreached('refused', 'connect ECONNREFUSED'),
    {
      side: 'callee',
      says: /Nobody listens at tls 192\.0\.2\.9:5061/,
      evidence: {
        tried: [
          'udp 192.0.2.9:5060: timeout (no response in time)',
          'tls 192.0.2.9:5061: refused (connect ECONNREFUSED)',
        ],
        trunk: ['carrier'],
      },
    },
  ],
  [
    'no way to send it',
    'not-sent',
    unreached('network', 'ENETUNREACH'),
    { side: 'network', says: /could not be sent to tls/ },
  ],
  [
    'a silent target',
    'no-response',
    unreached('timeout', 'no response (Timer B)'),
    { side: 'network', says: /did not answer \(no response \(Timer B\)\)/ },
  ],
  [
    'a phone that nobody picks up',
    'rang-too-long',
    unansweredRecord(
      { code: '487', message: 'x', detail: 'nobody answered within the ring limit' },
      { ringingAt: 5, tries: [newTry({ outcome: 'given-up', status: null, detail: 'x' })] },
    ),
    { side: 'callee', says: /rang and nobody answered.*limits\.ringSeconds/ },
  ],
  [
    'a password that is wrong, with realm and user',
    'credentials-refused',
    refusedBy(407, 'Proxy Authentication Required', { said: said({ realm: 'carrier.example', username: 'box7' }) }),
    {
      side: 'callee',
      says: /realm "carrier\.example" and did not accept those of user "box7"/,
      evidence: { realm: ['carrier.example'], username: ['box7'] },
    },
  ],
  [
    'a password that is missing',
    'credentials-refused',
    refusedBy(401, 'Unauthorized', { said: said({ realm: 'carrier.example' }) }),
    { side: 'callee', says: /none are configured/ },
  ],
  [
    'a far end that forbids it',
    'forbidden',
    refusedBy(403, 'Forbidden'),
    { side: 'callee', says: /does not allow the call/ },
  ],
  [
    'a number that is unknown there',
    'number-unknown',
    refusedBy(404, 'Not Found'),
    { side: 'callee', says: /does not know the number.*numbers\.out/ },
  ],
  ['a busy line', 'busy', refusedBy(486, 'Busy Here'), { side: 'callee', says: /busy/ }],
  ['a callee that declines', 'declined', refusedBy(603, 'Decline'), { side: 'callee', says: /declined/ }],
  [
    'a phone that is off',
    'unavailable',
    refusedBy(480, 'Temporarily Unavailable'),
    { side: 'callee', says: /registered there/ },
  ],
  [
    'an offer that was not accepted, with what was offered',
    'offer-not-accepted',
    refusedBy(488, 'Not Acceptable Here', {
      said: said({ warning: '305 pbx "Incompatible media format"' }),
      sides: [newSide({ codec: null, offered: { codecs: ['opus/48000/2', 'PCMU/8000'], protocol: 'RTP/SAVP' } })],
    }),
    { side: 'callee', says: /opus\/48000\/2, PCMU\/8000 over RTP\/SAVP \(it says: 305 pbx/ },
  ],
  [
    'a caller that gives up',
    'cancelled',
    unansweredRecord({ code: '487', message: 'x', endedBy: 'caller' }),
    { side: 'caller', says: /caller gave up/ },
  ],
  [
    'an application that gives up',
    'cancelled',
    unansweredRecord({ code: '487', message: 'x', endedBy: 'application' }),
    { side: 'application', says: /application gave/ },
  ],
  [
    'an operator that gives up',
    'cancelled',
    unansweredRecord({ code: '487', message: 'x', endedBy: 'operator' }),
    { side: 'box', says: /operator gave/ },
  ],
  ['a redirect', 'redirected', refusedBy(302, 'Moved Temporarily'), { side: 'callee', says: /go elsewhere/ }],
  [
    'a far end that is full',
    'far-end-overloaded',
    refusedBy(503, 'Service Unavailable', { said: said({ retryAfter: '30' }) }),
    { side: 'callee', says: /again in 30 s/ },
  ],
  [
    'a far end that fails',
    'far-end-failed',
    refusedBy(500, 'Server Internal Error'),
    { side: 'callee', says: /500 Server Internal Error/ },
  ],
  ['any other refusal', 'refused', refusedBy(420, 'Bad Extension'), { side: 'callee', says: /420 Bad Extension/ }],
  ['a refusal that speaks for all', 'refused', refusedBy(699, 'No'), { side: 'callee', says: /699 No/ }],
];
