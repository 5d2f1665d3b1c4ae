const QUOTE = 34;
const COMMA = 44;
const LESS = 60;
const BACKSLASH = 92;

/** Where the quoted string that opens at `open` closes; -1 when it does not. */
export function closingQuote(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return -1;
}

/** Where the first element of a comma list ends; commas in quotes and in <…> do not part elements. */
export function endOfElement(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA) return i;
    if (code === QUOTE) {
      const close = closingQuote(text, i);
      if (close < 0) return text.length;
      i = close;
    } else if (code === LESS) {
      const close = text.indexOf('>', i);
      if (close < 0) return text.length;
      i = close;
    }
  }
  return text.length;
}

/** The elements of a comma list, trimmed; empty ones (", ,") are dropped. */
export function splitList(text: string): string[] {
  if (text.indexOf(',') < 0) return text === '' ? [] : [text];
  const elements: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = endOfElement(text, start);
    const element = text.slice(start, end).trim();
    if (element !== '') elements.push(element);
    start = end + 1;
  }
  return elements;
}
