import type { Dialog } from '../dialog/dialog.ts';
import type { DialogTable } from '../dialog/dialog-table.ts';
import { SipParseError } from '../message/errors.ts';
import type { Headers } from '../message/headers.ts';
import { parseReplaces, type Replaces } from '../refer/replaces.ts';

export type Replacement =
  | { readonly kind: 'none' }
  | { readonly kind: 'dialog'; readonly dialog: Dialog }
  | { readonly kind: 'refused'; readonly status: 400 | 481 | 486 | 603 };

/** The dialog that an INVITE is to take the place of (RFC 3891 §3). Whether its caller may do so is for the owner to say. */
export function replacedDialog(headers: Headers, dialogs: Pick<DialogTable, 'find'>): Replacement {
  const values = headers.getAll('Replaces');
  const [value] = values;
  if (value === undefined) return { kind: 'none' };
  // Two calls cannot have one successor, nor can a call be replaced and joined (RFC 3911).
  const named = values.length > 1 || headers.has('Join') ? null : read(value);
  if (!named) return { kind: 'refused', status: 400 };
  // To is us, as in a request of that dialog; "0" stands for a peer without a tag (RFC 2543).
  const dialog = dialogs.find(named.callId, tag(named.toTag), tag(named.fromTag));
  if (!dialog) return { kind: 'refused', status: 481 };
  if (dialog.closed) return { kind: 'refused', status: 603 };
  if (dialog.confirmed) return named.earlyOnly ? { kind: 'refused', status: 486 } : { kind: 'dialog', dialog };
  // Only the caller of an early dialog can hand it over: whoever rings has not been asked yet.
  return dialog.role === 'uac' ? { kind: 'dialog', dialog } : { kind: 'refused', status: 481 };
}

function read(value: string): Replaces | null {
  try {
    return parseReplaces(value);
  } catch (error) {
    if (error instanceof SipParseError) return null;
    throw error;
  }
}

function tag(text: string): string {
  return text === '0' ? '' : text;
}
