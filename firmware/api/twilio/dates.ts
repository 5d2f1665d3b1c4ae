/** RFC 2822, as resources and webhooks have it: "Tue, 31 Aug 2010 20:36:28 +0000". */
export function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}

export function rfc2822OrNull(at: number | null): string | null {
  return at === null ? null : rfc2822(at);
}
