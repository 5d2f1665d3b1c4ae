/** The actions of NCCOs for docs/ncco.md, rendered from the table by which they are read. */
import { type GeneratedPart, runIfMain } from '../../../base/generated-part.ts';
import { nccoActions } from './action-table.ts';
import { endpointKeys } from './actions/connect.ts';
import type { Key, Keys } from './key.ts';

function render(): string {
  const sections = Object.entries(nccoActions).map(([name, { what, keys }]) => section(`\`${name}\``, what, keys));
  const endpoints = Object.entries(endpointKeys).map(([type, keys]) =>
    section(`Endpoint of type \`${type}\``, 'In `endpoint` of `connect`.', keys),
  );
  return [...sections, ...endpoints].join('\n\n');
}

function section(title: string, what: string, keys: Keys): string {
  const head = ['| key | values | default | what it is |', '|---|---|---|---|'];
  return [`### ${title}`, '', what, '', ...head, ...rows('', keys)].join('\n');
}

function rows(prefix: string, keys: Keys): string[] {
  return Object.entries(keys).flatMap(([name, key]) => [
    `| \`${prefix}${name}\` | ${valuesCell(key)} | ${key.usually ?? ''} | ${key.what} |`,
    ...(key.keys ? rows(`${prefix}${name}.`, key.keys) : []),
  ]);
}

function valuesCell({ support, values }: Key<unknown>): string {
  if (support === 'not-supported') return '*not supported*';
  return support === 'no-effect' ? '*without effect*' : values;
}

export const nccoReference: GeneratedPart = { name: 'actions', render };

runIfMain(import.meta.url, nccoReference);
