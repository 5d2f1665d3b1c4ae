/** How many single-letter changes lead from one name to the other (Levenshtein), letter case aside. */
export function editDistance(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The known name nearest to what was written, or undefined when none is known. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  // Long nonsense must not cost quadratic time.
  const text = written.slice(0, 64);
  return known.map(name => ({ name, distance: editDistance(text, name) })).sort((x, y) => x.distance - y.distance)[0]
    ?.name;
}
