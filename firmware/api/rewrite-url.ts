/**
 * The path that is meant (CONTRACT §0): a base URL that ends in a slash makes SDKs ask for `//session/create`, and
 * some put a slash at the end. The query stays as it is. RFC 9112 §3.2.2 has a server take whole URLs, too.
 */
export function rewriteUrl(url: string): string {
  const origin = url.replace(/^https?:\/\/[^/?]*/i, '');
  const question = origin.indexOf('?');
  const path = question < 0 ? origin : origin.slice(0, question);
  const query = question < 0 ? '' : origin.slice(question);
  const collapsed = path.replace(/\/{2,}/g, '/');
  const trimmed = collapsed.length > 1 && collapsed.endsWith('/') ? collapsed.slice(0, -1) : collapsed;
  return (trimmed || '/') + query;
}
