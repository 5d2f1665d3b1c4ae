/** The verbs of TwiML for docs/twiml.md, rendered from the table by which they are read. */
import { type GeneratedPart, runIfMain } from '../../../base/generated-part.ts';
import { type AttributeKind, type VerbRule, verbs } from './verbs.ts';

function render(): string {
  return Object.entries(verbs)
    .map(([name, rule]) => section(name, rule))
    .join('\n\n');
}

function section(name: string, { says, text, attributes, ignored, holds }: VerbRule): string {
  const rows = Object.entries(attributes).map(
    ([attribute, { value, standard = '', says: what }]) =>
      `| \`${attribute}\` | ${valuesOf(value)} | ${standard} | ${what} |`,
  );
  const table =
    rows.length === 0 ? [] : ['', '| attribute | values | default | what it is |', '|---|---|---|---|', ...rows];
  return [
    `### \`<${name}>\``,
    '',
    says,
    ...(text === undefined ? [] : ['', `Its text: ${text}.`]),
    ...(holds.length === 0 ? [] : ['', `In it may stand ${holds.map(each => `\`<${each}>\``).join(', ')}.`]),
    ...table,
    ...(ignored.length === 0 ? [] : ['', `Without effect: ${ignored.map(each => `\`${each}\``).join(', ')}.`]),
  ].join('\n');
}

function valuesOf(value: AttributeKind): string {
  switch (value.kind) {
    case 'text':
      return 'text';
    case 'whole':
      return `${value.min}–${value.max}`;
    case 'flag':
      return 'true, false';
    case 'choice':
      return value.of.join(', ');
    case 'url':
      return 'URL';
    case 'method':
      return 'GET, POST';
    case 'keys':
      return 'keys';
    case 'events':
      return `some of ${value.of.join(', ')}`;
  }
}

export const twimlReference: GeneratedPart = { name: 'verbs', render };

runIfMain(import.meta.url, twimlReference);
