/** A SIP URI as it may be kept: RFC 3261 §19.1.1 lets it carry a password. */
export function withoutPassword(uri: string): string {
  return uri.replace(/^(sips?:[^:@;?]*):[^@]*@/i, '$1@');
}
