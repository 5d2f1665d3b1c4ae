import { dialogKey } from '../message/call-key.ts';
import type { SipRequest } from '../message/message.ts';
import { tagOf } from '../message/name-addr.ts';
import type { Dialog } from './dialog.ts';

/** Every dialog, found by Call-ID and both tags (RFC 3261 §12). */
export class DialogTable {
  readonly #dialogs = new Map<string, Dialog>();

  add(dialog: Dialog): void {
    this.#dialogs.set(keyOf(dialog), dialog);
  }

  remove(dialog: Dialog): void {
    if (this.#dialogs.get(keyOf(dialog)) === dialog) this.#dialogs.delete(keyOf(dialog));
  }

  /** The dialog of a request that came in. @throws SipParseError when From or To cannot be read */
  of(request: SipRequest): Dialog | undefined {
    const { headers } = request;
    const localTag = tagOf(headers.get('To') ?? '') ?? '';
    const remoteTag = tagOf(headers.get('From') ?? '');
    return this.#dialogs.get(dialogKey(headers.get('Call-ID') ?? '', localTag, remoteTag));
  }

  /** Tags as in a request that the far end would send: To's is ours; '' for a peer that has none (RFC 2543). */
  find(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
    return this.#dialogs.get(dialogKey(callId, localTag, remoteTag));
  }

  get size(): number {
    return this.#dialogs.size;
  }

  /** Closes every dialog without a word on the wire. */
  close(): void {
    for (const dialog of [...this.#dialogs.values()]) dialog.close();
  }
}

function keyOf({ callId, localTag, remoteTag }: Dialog): string {
  return dialogKey(callId, localTag, remoteTag);
}
