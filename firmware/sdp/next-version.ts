import { parseDescription } from './parse-description.ts';

const VERSION = /^(o=\S+ \S+ )\d+( )/m;

/**
 * A description of ours with the version that follows the one before: the same when nothing has changed, else one more
 * (RFC 3264 §8). Whatever version `next` was made with does not matter.
 * @param previous what we sent last in this dialog
 */
export function nextVersion(previous: string, next: string): string {
  const version = BigInt(parseDescription(previous).origin?.version ?? '0');
  const unchanged = withVersion(next, version);
  return unchanged === previous ? unchanged : withVersion(next, version + 1n);
}

function withVersion(text: string, version: bigint): string {
  return text.replace(VERSION, `$1${version}$2`);
}
