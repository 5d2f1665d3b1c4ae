import type { SipCounters, SipDump } from '../../sip/user-agent/user-agent.ts';
import type { Readings, ReadMetric } from './metric-set.ts';

/** The SIP stack at one moment. */
export interface SipFigures {
  readonly counters: SipCounters;
  readonly held: SipDump;
  /** Of the messages that are kept to be looked at. */
  readonly traceBytes: number;
}

function traffic({ counters }: SipFigures, inbound: 'messagesIn' | 'bytesIn', outbound: 'messagesOut' | 'bytesOut') {
  return Object.entries(counters.traffic).flatMap(
    ([transport, of]) =>
      [
        [{ transport, direction: 'in' }, of[inbound]],
        [{ transport, direction: 'out' }, of[outbound]],
      ] as const,
  );
}

const DISCARDED = ['strangers', 'junk', 'limited', 'malformed', 'misdirected'] as const;

function discarded({ counters }: SipFigures): Readings {
  return DISCARDED.map(reason => [{ reason }, counters[reason]]);
}

export const sipMetrics: readonly ReadMetric<SipFigures>[] = [
  {
    name: 'crosspoint_sip_messages_total',
    type: 'counter',
    help: 'SIP messages that were let in, and that were sent',
    labels: ['transport', 'direction'],
    read: figures => traffic(figures, 'messagesIn', 'messagesOut'),
  },
  {
    name: 'crosspoint_sip_bytes_total',
    type: 'counter',
    help: 'bytes of those messages',
    labels: ['transport', 'direction'],
    read: figures => traffic(figures, 'bytesIn', 'bytesOut'),
  },
  {
    name: 'crosspoint_sip_discarded_total',
    type: 'counter',
    help: 'what came and was not taken. strangers: of sources that may not speak to us; of those junk: no SIP at all, limited: faster than strangers are looked into. malformed: let in, but not to be read. misdirected: responses with a Via of somebody else',
    labels: ['reason'],
    read: discarded,
  },
  {
    name: 'crosspoint_sip_strangers_challenged_total',
    type: 'counter',
    help: 'requests of strangers that were asked for their digest',
    read: ({ counters }) => counters.challenged,
  },
  {
    name: 'crosspoint_sip_strangers_authenticated_total',
    type: 'counter',
    help: 'requests of strangers that proved whose they are',
    read: ({ counters }) => counters.authenticated,
  },
  {
    name: 'crosspoint_sip_retransmissions_total',
    type: 'counter',
    help: 'requests that came again (in), and that were sent again for want of an answer (out)',
    labels: ['direction'],
    read: ({ counters: { repeatedIn, repeatedOut } }) => [
      [{ direction: 'in' }, repeatedIn],
      [{ direction: 'out' }, repeatedOut],
    ],
  },
  {
    name: 'crosspoint_sip_send_errors_total',
    type: 'counter',
    help: 'messages that the network did not take',
    read: ({ counters }) => counters.sendErrors,
  },
  {
    name: 'crosspoint_sip_overloaded_total',
    type: 'counter',
    help: 'requests answered 503 because too many transactions were open',
    read: ({ counters }) => counters.overloaded,
  },
  {
    name: 'crosspoint_sip_transactions',
    type: 'gauge',
    help: 'transactions that are open; they outlive their requests by up to 32 s',
    labels: ['side'],
    read: ({ held }) => [
      [{ side: 'client' }, held.clientTransactions],
      [{ side: 'server' }, held.serverTransactions],
    ],
  },
  { name: 'crosspoint_sip_dialogs', type: 'gauge', help: 'dialogs', read: ({ held }) => held.dialogs },
  {
    name: 'crosspoint_sip_connections',
    type: 'gauge',
    help: 'TCP and TLS connections',
    read: ({ held }) => held.connections,
  },
  {
    name: 'crosspoint_sip_trace_bytes',
    type: 'gauge',
    help: 'memory of the SIP messages that are kept to be looked at',
    read: ({ traceBytes }) => traceBytes,
  },
];
