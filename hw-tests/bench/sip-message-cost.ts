/** Ordered to, measures what it costs to parse and to serialise the messages of a real call and of an OPTIONS. */
import { call, startAgent } from './sip-calls.ts';
import { median } from './statistics.ts';
import { shipped } from './tools.ts';

const { parseMessage } =
  await shipped<typeof import('../../firmware/sip/message/parse.ts')>('firmware/sip/message/parse');
const { serialise } = await shipped<typeof import('../../firmware/sip/message/serialise.ts')>(
  'firmware/sip/message/serialise',
);
const { parseUri } = await shipped<typeof import('../../firmware/sip/message/uri.ts')>('firmware/sip/message/uri');

export interface CostOrder {
  /** Messages in each of the five rounds. */
  readonly messages: number;
}

export interface CostReport {
  /** "INVITE", "180", "200 INVITE"… */
  readonly kinds: readonly string[];
  readonly meanBytes: number;
  /** CPU, the median of the rounds. */
  readonly parseUs: number;
  readonly serialiseUs: number;
}

const ROUNDS = 5;

/** All that two user agents say to each other in a call and an OPTIONS. */
async function realMessages(): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  const callee = await startAgent();
  const caller = await startAgent((_direction, bytes) => void messages.push(Buffer.from(bytes)));
  const uri = `sip:bench@127.0.0.1:${callee.port}`;
  try {
    if ((await call(caller.agent, callee.port, 0)) === null) throw new Error('the call that is measured has failed');
    const asked = { method: 'OPTIONS', target: parseUri(uri), requestUri: uri, from: { uri }, to: uri, headers: [] };
    await caller.agent.request(asked);
  } finally {
    await Promise.all([caller.agent.close(), callee.agent.close()]);
  }
  return messages;
}

/** CPU microseconds of one `work`. */
function microseconds(messages: number, mix: number, work: (index: number) => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let done = 0; done < messages; done++) work(done % mix);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / messages;
  });
  return median(rounds) ?? 0;
}

async function measure({ messages }: CostOrder): Promise<CostReport> {
  const datagrams = await realMessages();
  const parsed = datagrams.map(parseMessage);
  const at = <T>(list: readonly T[], index: number) => list[index] as T;
  const kinds = parsed.map(each => (each.kind === 'request' ? each.method : String(each.status)));
  return {
    kinds,
    meanBytes: Math.round(datagrams.reduce((sum, { length }) => sum + length, 0) / datagrams.length),
    parseUs: microseconds(messages, datagrams.length, index => void parseMessage(at(datagrams, index))),
    serialiseUs: microseconds(messages, parsed.length, index => void serialise(at(parsed, index))),
  };
}

process.on('message', (order: CostOrder) => void measure(order).then(report => process.send?.(report)));
process.on('disconnect', () => process.exit());
process.send?.({});
