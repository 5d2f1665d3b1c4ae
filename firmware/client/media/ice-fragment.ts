/*
 * Fragments of session descriptions that carry ICE alone: RFC 8840, as RFC 9725 §4.3 has them restart it.
 */

const CREDENTIAL = /^a=ice-(?:ufrag|pwd):/;

/** What of an offer restarts ICE: its new credentials and the media they are for (bundled: one). */
export function restartFragment(offer: string): string {
  const lines = linesOf(offer);
  const credentials = lines.filter(line => CREDENTIAL.test(line)).slice(0, 2);
  const media = lines.filter(line => /^m=|^a=mid:/.test(line)).slice(0, 2);
  return `${[...credentials, ...media].join('\r\n')}\r\n`;
}

/** The description of the far end with the credentials and candidates of its fragment instead of its own. */
export function withFragment(description: string, fragment: string): string {
  const fresh = linesOf(fragment);
  const credentials = fresh.filter(line => CREDENTIAL.test(line));
  const candidates = fresh.filter(line => /^a=(?:candidate:|end-of-candidates)/.test(line));
  if (credentials.length < 2) throw new Error('the answer to the restart has no ICE credentials');
  const [ufrag, password] = [credentials.find(isUfrag), credentials.find(line => !isUfrag(line))];
  let placed = false;
  const lines = linesOf(description).flatMap(line => {
    if (line.startsWith('a=ice-ufrag:')) return ufrag ? [ufrag] : [];
    if (line.startsWith('a=ice-pwd:')) return password ? [password] : [];
    if (!/^a=(?:candidate:|end-of-candidates)/.test(line) || candidates.length === 0) return [line];
    if (placed) return [];
    placed = true;
    return candidates;
  });
  return `${lines.join('\r\n')}\r\n`;
}

function isUfrag(line: string): boolean {
  return line.startsWith('a=ice-ufrag:');
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r?\n/).filter(line => line !== '');
}
