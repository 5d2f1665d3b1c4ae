import { messageOf } from '../../base/errors.ts';
import type { DialogRequest } from '../../sip/dialog/dialog-listener.ts';
import { SipParseError } from '../../sip/message/errors.ts';
import { type Refer, readRefer } from '../../sip/refer/refer-request.ts';
import type { Bridge } from './bridge.ts';
import type { BridgeSide } from './bridge-side.ts';
import { joinHeld } from './join-held.ts';
import { Transfer } from './transfer.ts';
import { transferTarget } from './transfer-target.ts';
import { WatchedNotifier } from './watched-notifier.ts';

/**
 * Transfers that a far end asks for (RFC 3515, RFC 5589), where the policy of its trunk takes them. Blind: somebody
 * else is called for it, and takes its place. Attended: the other side of a second call of the same peer does.
 */
export class BridgeTransfers {
  readonly #bridge: Bridge;
  readonly #asked = new Set<BridgeSide>();
  readonly #notifiers = new Map<BridgeSide, WatchedNotifier>();
  #transfer: Transfer | null = null;
  #busy = false;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** A REFER in a side's dialog. */
  refer(side: BridgeSide, request: DialogRequest): void {
    const { dialog, trunk } = side;
    if (trunk?.config.refer !== 'accept') {
      request.respond(603, 'Transfers Are Not Taken Here');
      return;
    }
    if (!dialog || !this.#bridge.answered || this.#busy) {
      request.respond(491);
      return;
    }
    const refer = this.#read(request);
    if (!refer) return;
    const first = !this.#asked.has(side);
    this.#asked.add(side);
    const { clock } = this.#bridge.context.calls.services;
    const notifier = new WatchedNotifier(clock, dialog, refer, first);
    this.#notifiers.set(side, notifier);
    this.#busy = true;
    notifier.accept(request);
    this.#carryOut(side, refer, notifier).catch(error => {
      const { call } = this.#bridge;
      call.log.error({ call: call.ref.id, problem: messageOf(error) }, 'a transfer could not be made');
      this.#failed(notifier, 500, '');
    });
  }

  /** A SUBSCRIBE in a side's dialog: true when it is about a transfer and has been answered. */
  subscribed(side: BridgeSide, request: DialogRequest): boolean {
    return this.#notifiers.get(side)?.subscribed(request) ?? false;
  }

  /** The call has ended. */
  close(): void {
    this.#transfer?.cancel();
    this.#transfer = null;
    for (const notifier of this.#notifiers.values()) notifier.close();
    this.#notifiers.clear();
  }

  /** Null when it has been refused. */
  #read(request: DialogRequest): Refer | null {
    try {
      const refer = readRefer(request.request.headers);
      if (refer.target.method === 'INVITE') return refer;
      request.respond(501, 'Only Calls Can Be Asked For');
    } catch (error) {
      if (!(error instanceof SipParseError)) throw error;
      request.respond(error.status);
    }
    return null;
  }

  async #carryOut(side: BridgeSide, refer: Refer, notifier: WatchedNotifier): Promise<void> {
    const { context } = this.#bridge;
    const { replaces } = refer.target;
    const held = replaces && context.sides.named(replaces);
    if (held && held.bridge !== this.#bridge) {
      // Only its own calls are a peer's to join.
      if (held.side.trunk?.name !== side.trunk?.name) return this.#failed(notifier, 403, '');
      const status = await joinHeld(this.#bridge, side, held);
      if (status === 200) await this.#done(side, notifier);
      else this.#failed(notifier, status, '');
      return;
    }
    const target = side.trunk && transferTarget(refer.target.uri, side.trunk, context.onwards);
    if (!target) return this.#failed(notifier, 404, '');
    const transfer = new Transfer(this.#bridge, side, refer, target, {
      progress: status => notifier.progress(status),
      done: () => void this.#done(side, notifier),
      failed: (status, reason) => this.#failed(notifier, status, reason),
    });
    this.#transfer = transfer;
    await transfer.start();
  }

  /** Whoever asked has been replaced; it is told, and then its call is over. */
  async #done(side: BridgeSide, notifier: WatchedNotifier): Promise<void> {
    this.#transfer = null;
    this.#busy = false;
    this.#notifiers.delete(side);
    notifier.finish(200);
    const { dialog } = side;
    if (!dialog) return;
    dialog.listener = {
      ended: () => notifier.close(),
      request: request => {
        if (request.method !== 'SUBSCRIBE' || !notifier.subscribed(request)) request.respond(481);
      },
    };
    await notifier.told();
    notifier.close();
    await dialog.bye(side.farewellFor({ code: '700', message: 'Call Transferred' }));
  }

  #failed(notifier: WatchedNotifier, status: number, reason: string): void {
    this.#transfer = null;
    this.#busy = false;
    notifier.finish(status, reason);
  }
}
