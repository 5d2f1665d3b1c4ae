import { formatHostPort } from '../message/host-port.ts';
import { maskSecrets } from './mask.ts';
import type { Trace, TracedMessage } from './traced-message.ts';

const TIME_WIDTH = 12;
const COLUMN_WIDTH = 48;
const MAX_COLUMNS = 8;

/**
 * A trace as text: a ladder with the box on the left and a column for every far end, in the order of their appearance,
 * then the messages in full. Secrets are masked.
 */
export function ladder({ messages, dropped }: Trace): string {
  const [first] = messages;
  if (!first) return 'No message of this call is kept.\n';
  const parties = [...new Set(messages.map(party))];
  const lines = [
    `${messages.length} messages from ${new Date(first.at).toISOString()}`,
    ...(dropped > 0 ? [`${dropped} more were not kept`] : []),
    '',
    `${' '.repeat(TIME_WIDTH)}box${parties.map(each => each.padStart(COLUMN_WIDTH)).join('')}`,
    ...messages.map((message, index) => rung(message, first.at, parties, isRepeated(messages, index))),
    '',
    ...messages.flatMap(message => inFull(message, first.at)),
  ];
  return `${lines.join('\n')}\n`;
}

function party({ transport, remote }: TracedMessage): string {
  return `${transport} ${formatHostPort(remote.address, remote.port)}`;
}

function rung(message: TracedMessage, start: number, parties: readonly string[], repeated: boolean): string {
  const column = Math.min(parties.indexOf(party(message)), MAX_COLUMNS - 1) + 1;
  const width = column * COLUMN_WIDTH - 2;
  const label = ` ${titleOf(message.bytes)}${repeated ? ' (again)' : ''} `.slice(0, width - 4);
  const line = label.padStart(label.length + 2, '-').padEnd(width, '-');
  const arrow = message.direction === 'out' ? `|${line}>` : `|<${line}`;
  return `${time(message.at, start).padEnd(TIME_WIDTH)}${arrow}|`;
}

/** "INVITE sip:bob@example.com" or "180 Ringing". */
function titleOf(bytes: Buffer): string {
  const line = maskSecrets(bytes.subarray(0, 256)).toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  return line.replace(/^SIP\/2\.0 /, '').replace(/ SIP\/2\.0$/, '');
}

function time(at: number, start: number): string {
  return `+${((at - start) / 1000).toFixed(3)}`;
}

function isRepeated(messages: readonly TracedMessage[], index: number): boolean {
  const message = messages[index];
  if (!message) return false;
  return messages
    .slice(0, index)
    .some(
      each =>
        each.direction === message.direction && each.bytes.equals(message.bytes) && party(each) === party(message),
    );
}

function inFull(message: TracedMessage, start: number): string[] {
  const { direction, local } = message;
  const box = `box ${formatHostPort(local.address, local.port)}`;
  const way = direction === 'out' ? `${box} -> ${party(message)}` : `${party(message)} -> ${box}`;
  const text = maskSecrets(message.bytes).toString('utf8').replaceAll('\r\n', '\n').trimEnd();
  // A control character must not reach the terminal of whoever reads this.
  return [`${time(message.at, start)}  ${way}`, text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '?'), ''];
}
