export type Cell = string | number | null;

/** A Markdown table with aligned columns; numbers to the right. A cell that is null was not measured. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const text = rows.map(row => row.map(cell => (cell === null ? '–' : String(cell))));
  const right = head.map((_, column) => rows.some(row => typeof row[column] === 'number'));
  const widths = head.map((name, column) => Math.max(3, name.length, ...text.map(row => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, right[column] ?? false)).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => `${'-'.repeat(width + 1)}${right[column] ? ':' : '-'}`).join('|')}|`;
  return [line(head), rule, ...text.map(line)].join('\n');
}

const pad = (text: string, width: number, right: boolean) => (right ? text.padStart(width) : text.padEnd(width));

/** A figure to `digits` places behind the point; null stays null. */
export function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
