import { endReasons } from '../calls/reasons.ts';
import { newEnd, newRecord } from '../records/call-record.fixture.ts';
import { type Case, deaf, heard, silent } from './cases.fixture.ts';

export const mediaCases: readonly Case[] = [
  [
    'keys that could not be agreed on',
    'media-not-secured',
    newRecord({ reason: newEnd({ ...endReasons.mediaNotSecured, endedBy: 'box', detail: 'no handshake in time' }) }),
    { side: 'network', says: /no handshake in time.*198\.51\.100\.1:10000/ },
  ],
  [
    'RTP that never came, with the address that we had given',
    'audio-never-came',
    newRecord({ reason: newEnd({ ...endReasons.mediaTimeout, endedBy: 'box' }) }),
    {
      side: 'network',
      says: /from the callee.*198\.51\.100\.1:10000.*media\.advertise/,
      evidence: { advertised: ['198.51.100.1:10000'], remote: ['192.0.2.9:4000'] },
    },
  ],
  [
    'RTP that stopped',
    'audio-stopped',
    newRecord({ reason: newEnd({ ...endReasons.maxInactive, endedBy: 'box' }) }),
    { side: 'network', says: /stopped at 2025-10-09T/ },
    heard([silent]),
  ],
  [
    'no audio either way',
    'no-audio-either-way',
    newRecord(),
    { side: 'network', says: /Neither the gateway nor the callee/ },
    heard([silent, deaf]),
  ],
  [
    'a far end that is not heard, since when',
    'one-way-audio',
    newRecord(),
    {
      side: 'network',
      says: new RegExp(`Nothing was heard of the callee from ${new Date(silent.since).toISOString()} on`),
      evidence: { advertised: ['198.51.100.1:10000'], received: ['250 packets'] },
    },
    heard([silent]),
  ],
  [
    'a far end that sends nothing',
    'one-way-audio',
    newRecord(),
    { side: 'callee', says: /microphone/ },
    heard([{ ...silent, hop: 'far-end' }]),
  ],
  [
    'a far end that does not hear us',
    'one-way-audio',
    newRecord(),
    { side: 'network', says: /did not hear us.*192\.0\.2\.9:4000/ },
    heard([deaf]),
  ],
  [
    'a far end that refuses our packets',
    'one-way-audio',
    newRecord(),
    { side: 'callee', says: /refused as nobody listens/ },
    heard([{ ...deaf, kind: 'send-refused', hop: 'far-end' }]),
  ],
  [
    'dead air of the caller of a bridge',
    'dead-air',
    newRecord({ direction: 'inbound' }),
    { side: 'caller', says: /nothing to hear in them from/ },
    heard([{ ...silent, kind: 'silence', hop: 'far-end' }]),
  ],
  [
    'loss',
    'loss-too-high',
    newRecord(),
    { side: 'network', says: /from the callee to here loses packets \(20\.0 % lost/ },
    heard([], { lossRatio: 0.2, unplayedRatio: 0.2 }),
  ],
  [
    'jitter',
    'jitter-too-high',
    newRecord(),
    { side: 'network', says: /delays packets unevenly/ },
    heard([], { lossRatio: 0.01, unplayedRatio: 0.2, jitterMs: 120 }),
  ],
  [
    'neither, and still poor',
    'poor-quality',
    newRecord(),
    { side: 'network', says: /MOS \d\.\d/ },
    heard([], { lossRatio: 0, unplayedRatio: 0.2 }),
  ],
];
