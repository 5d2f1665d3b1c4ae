import { isAlias, isMap, isScalar, LineCounter, type Node, parseDocument, visit, type YAMLError } from 'yaml';
import type { ConfigProblem } from './config-error.ts';

/** Keys and indices that lead to a value. */
export type Path = readonly (string | number)[];

/** A parsed YAML file: its value, and where in the text things stand. */
export interface YamlSource {
  /** Plain objects, arrays and scalars; undefined when the text is not YAML. */
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** The line (from 1) of the key that a path ends in, or of the nearest thing above it that exists. */
  lineOf(path: Path): number | null;
}

/** The library's own sentences can quote the text, and with it a secret; ours never do. */
const sentences: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'this key stands twice in the same place',
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  BAD_INDENT: 'the indentation is not that of the lines around it',
  MISSING_CHAR: 'a closing quote, bracket or other character is missing',
  MULTIPLE_DOCS: 'the file holds more than one YAML document',
};

export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const problems: ConfigProblem[] = document.errors.map(error => ({
    path: '',
    line: lineAt(error.pos[0]),
    message: sentences[error.code] ?? `not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
  }));
  visit(document, {
    Alias(_, alias) {
      const line = alias.range ? lineAt(alias.range[0]) : null;
      problems.push({
        path: '',
        line,
        message: 'aliases (*name) are not supported; a text that starts with * needs quotes',
      });
    },
  });

  function lineOf(path: Path): number | null {
    let node: unknown = document.contents;
    let offset = offsetOf(node);
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
        if (!pair) break;
        offset = offsetOf(pair.key) ?? offset;
        node = pair.value;
      } else {
        node = isCollectionWithItems(node) ? node.items[Number(step)] : undefined;
        if (node === undefined) break;
        offset = offsetOf(node) ?? offset;
      }
    }
    return offset === null ? null : lineAt(offset);
  }

  return { value: problems.length === 0 ? document.toJS() : undefined, problems, lineOf };
}

function offsetOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}

function isCollectionWithItems(node: unknown): node is { items: unknown[] } {
  return (
    typeof node === 'object' && node !== null && !isAlias(node) && Array.isArray((node as { items?: unknown }).items)
  );
}
