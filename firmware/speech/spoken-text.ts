const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The words of a text that may be SSML: all in one line, without what an engine could take for a command. */
export function spokenText(text: string): string {
  const words = /^\s*<speak[\s>]/.test(text) ? withoutMarkup(text) : text;
  return (
    words
      .normalize('NFC')
      // Brackets would spell phonemes.
      .replace(/\[{2,}/g, '[')
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\s]+/gu, ' ')
      .trim()
  );
}

function withoutMarkup(text: string): string {
  return text
    .replace(/<!--[\s\S]*?-->|<[^<>]*>/g, ' ')
    .replace(
      /&(#x?[0-9a-f]{1,6}|[a-z]+);/gi,
      (whole, name: string) => ENTITIES[name.toLowerCase()] ?? numbered(name) ?? whole,
    );
}

function numbered(name: string): string | null {
  if (!name.startsWith('#')) return null;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}
