/**
 * The budgets of the design and the best figures that peers reached with this load generator on one machine.
 * Ratios count, absolute figures don't: the peers' stand here so that a reader can place a machine.
 */
export interface Budget {
  readonly what: string;
  readonly unit: string;
  readonly limit: number;
  readonly sense: 'at most' | 'at least';
  readonly peer?: string;
}

export const budgets = {
  firstWord: {
    what: 'answer → first word, p95',
    unit: 'ms',
    limit: 300,
    sense: 'at most',
  },
  g711PerLeg: {
    what: 'CPU per leg',
    unit: 'ms per second',
    limit: 1.0,
    sense: 'at most',
    peer: 'Asterisk 5.0 in sessions of 2, Janus 2.7 in sessions of 10, rtpengine 0.9–1.0 forwarding only',
  },
  g722PerLeg: {
    what: 'CPU per leg',
    unit: 'ms per second',
    limit: 2.0,
    sense: 'at most',
    peer: 'Asterisk 6.7 in sessions of 2, 4.8 in sessions of 10',
  },
  opusTimesOwnCost: {
    what: "CPU per leg by the codec's own",
    unit: '×',
    limit: 1.25,
    sense: 'at most',
    peer: 'in ms: Asterisk 13.7 / 11.9, Janus 14–16, FreeSWITCH 20',
  },
  srtpPerLeg: {
    what: 'CPU added by SRTP',
    unit: 'ms per second',
    limit: 0.3,
    sense: 'at most',
    peer: 'Asterisk 1.5–2',
  },
  delayP50: { what: 'delay added, p50', unit: 'ms', limit: 15, sense: 'at most', peer: 'Asterisk 20.5' },
  delayP95: { what: 'delay added, p95', unit: 'ms', limit: 23, sense: 'at most', peer: 'Asterisk 21' },
  g711Memory: {
    what: 'memory per leg, in the worker',
    unit: 'KB',
    limit: 50,
    sense: 'at most',
    peer: 'rtpengine 24 relaying; Asterisk 258; FreeSWITCH 746',
  },
  opusMemory: {
    what: 'memory per leg, in the worker',
    unit: 'KB',
    limit: 160,
    sense: 'at most',
    peer: 'rtpengine 146 transcoding',
  },
  /** "Linear": a leg among many costs what one among few does, and a tenth for the noise of two figures. */
  growth: { what: 'growth: CPU per leg', unit: '×', limit: 1.1, sense: 'at most' },
  firmwareMemoryPerLeg: { what: 'memory per leg, in firmware', unit: 'KB', limit: 30, sense: 'at most' },
  browserAudio: {
    what: "a browser's CPU by Janus's",
    unit: '×',
    limit: 0.5,
    sense: 'at most',
    peer: 'Janus of Debian, in the same run',
  },
  signallingRate: {
    what: 'signalling alone, none failed',
    unit: 'calls/s',
    limit: 1000,
    sense: 'at least',
    peer: 'Asterisk 900',
  },
  signallingCpu: {
    what: 'signalling alone, CPU a call',
    unit: 'ms',
    limit: 0.5,
    sense: 'at most',
    peer: 'Asterisk 1.4–1.6',
  },
  wholeCallRate: { what: 'whole calls, none failed', unit: 'calls/s', limit: 300, sense: 'at least' },
  wholeCallAnswer: { what: 'whole calls, INVITE→200 p99 at 300/s', unit: 'ms', limit: 10, sense: 'at most' },
  wholeCallCpu: {
    what: 'whole calls, CPU a call',
    unit: 'ms',
    limit: 0.75,
    sense: 'at most',
    peer: 'half of what Asterisk needs for signalling alone (1.4–1.6)',
  },
  optionsUnderJunk: {
    what: 'OPTIONS → 200 p99 under 20,000 junk packets a second',
    unit: 'ms',
    limit: 5,
    sense: 'at most',
  },
  restToInvite: { what: 'REST → INVITE on the wire, p99 at 10 calls/s', unit: 'ms', limit: 5, sense: 'at most' },
  /** None of the design's: what keeps an application's queue of calls from being felt. */
  dialRate: { what: 'dials with 200 calls up', unit: 'a second', limit: 100, sense: 'at least' },
  dialAnswer: { what: 'dial, p99, 8 at a time', unit: 'ms', limit: 100, sense: 'at most' },
  route: { what: 'p99', unit: 'ms', limit: 50, sense: 'at most' },
  eventToWebhook: { what: 'event → webhook, p99', unit: 'ms', limit: 20, sense: 'at most' },
  eventToMqtt: { what: 'event → MQTT, p99', unit: 'ms', limit: 20, sense: 'at most' },
  answerToMedia: { what: 'answer → media both ways, p99 at 10 calls/s', unit: 'ms', limit: 5, sense: 'at most' },
} as const satisfies Record<string, Budget>;
