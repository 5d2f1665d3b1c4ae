import { isCrosspointError } from '../base/errors.ts';
import { type ForwardTarget, parseForwardTarget } from '../trunks/forward-target.ts';
import type { Mismatch } from './validate.ts';
import type { Path } from './yaml-source.ts';

/** The target that a text says, or what is wrong with it. */
export function readTarget(text: string, path: Path): ForwardTarget | Mismatch {
  try {
    return parseForwardTarget(text);
  } catch (error) {
    if (isCrosspointError(error)) return { path, message: error.message };
    throw error;
  }
}

export function isMismatch(read: ForwardTarget | Mismatch): read is Mismatch {
  return 'path' in read;
}
