import type { Dialog } from '../../sip/dialog/dialog.ts';
import { dialogKey } from '../../sip/message/call-key.ts';
import type { Replaces } from '../../sip/refer/replaces.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeSide } from './bridge-side.ts';

export interface SideOfBridge {
  readonly bridge: Bridge;
  readonly side: BridgeSide;
}

/** The answered sides of all bridges, found by their dialogs: for Replaces (RFC 3891). */
export class SideBook {
  readonly #sides = new Map<string, SideOfBridge>();

  add(dialog: Dialog, entry: SideOfBridge): void {
    this.#sides.set(keyOf(dialog), entry);
  }

  remove(dialog: Dialog): void {
    this.#sides.delete(keyOf(dialog));
  }

  of(dialog: Dialog): SideOfBridge | undefined {
    return this.#sides.get(keyOf(dialog));
  }

  /** To is us, as in a request of that dialog. */
  named({ callId, toTag, fromTag }: Replaces): SideOfBridge | undefined {
    return this.#sides.get(dialogKey(callId, toTag, fromTag));
  }

  get size(): number {
    return this.#sides.size;
  }
}

function keyOf({ callId, localTag, remoteTag }: Dialog): string {
  return dialogKey(callId, localTag, remoteTag);
}
