/** `w` is half a second, `W` a whole one. @returns null of what are no digits */
export function dialledDigits(text: string): string | null {
  if (!/^[0-9A-D*#wW]+$/.test(text)) return null;
  return text.replaceAll('w', 'p').replaceAll('W', 'pp');
}
