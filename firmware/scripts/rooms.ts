import { randomUUID } from 'node:crypto';
import { CrosspointError, isCrosspointError, messageOf } from '../base/errors.ts';
import type { ProjectId, SessionId } from '../base/ids.ts';
import type { LedCall, Place } from '../calls/led/led-call.ts';
import type { Conference } from './action.ts';
import type { Happening } from './leader.ts';
import { beginRecording, endRecording, type RecordedBy } from './recorded.ts';
import type { ScriptServices } from './script-services.ts';

/** Who is put into a room by a script. */
export interface RoomGuest {
  readonly project: ProjectId;
  readonly led: LedCall;
  /** The session that this call's far end is in already: it is a call of the box's own that came back. */
  readonly cameFrom: SessionId | null;
  /** Where it is; set here. */
  room: { readonly name: string; readonly session: SessionId } | null;
  answer(): void;
  happened(happening: Happening): void;
  /** Plays what a waiting guest hears, until the signal says so. Never rejects. */
  wait(action: Conference, signal: AbortSignal): Promise<void>;
}

interface Member {
  readonly guest: RoomGuest;
  readonly action: Conference;
  /** The room is over for it. */
  readonly leave: () => void;
  /** Aborted when it waits no longer. */
  waiting: AbortController | null;
  /** It is on its way in, or was there. */
  admitted: boolean;
  inside: boolean;
}

interface Room {
  readonly id: string;
  readonly key: string;
  readonly place: Place;
  readonly members: Set<Member>;
  session: SessionId | null;
  started: boolean;
  /** It is recorded so, as the first guest to enter who wants that has it. */
  recording: { readonly by: RecordedBy; readonly id: Promise<string | null> } | null;
}

const BEEP = { kind: 'tone', frequencyHz: 660, levelDbov: -20 } as const;
const BEEP_MS = 200;

/**
 * The rooms that scripts put calls into: a session of the tenant's, or one that is there for its name's sake.
 *
 *     waiting ── somebody comes who starts it ──▶ started ── the last one goes ──▶ gone
 */
export class Rooms {
  readonly #services: ScriptServices;
  readonly #rooms = new Map<string, Room>();

  constructor(services: ScriptServices) {
    this.#services = services;
  }

  /**
   * Resolves when the guest has left again: by itself (the signal), or because the room is over.
   * @throws CrosspointError script.room-full, and what entering a session throws
   */
  async visit(guest: RoomGuest, action: Conference, signal: AbortSignal): Promise<void> {
    const room = this.#roomOf(guest.project, action.room);
    if (room.members.size >= action.maxMembers)
      throw new CrosspointError('script.room-full', `The conference has its ${action.maxMembers} members already`);
    guest.answer();
    let leave = () => {};
    const over = new Promise<void>(resolve => {
      leave = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    const member: Member = { guest, action, leave, waiting: null, admitted: false, inside: false };
    room.members.add(member);
    this.#rooms.set(room.key, room);
    try {
      if (!room.started && action.startsOnEnter) await this.#start(room, member);
      else if (room.started) await this.#admit(room, member);
      this.#letWait(room);
      if (!signal.aborted) await over;
    } finally {
      await this.#part(room, member);
    }
  }

  /** What keeps somebody who has waited from entering is no fault of who starts it. */
  async #start(room: Room, starter: Member): Promise<void> {
    room.started = true;
    await this.#admit(room, starter);
    for (const member of [...room.members])
      await this.#admit(room, member).catch(error => {
        const code = isCrosspointError(error) ? error.code : 'script.broken';
        member.guest.happened({ kind: 'action-failed', code, message: messageOf(error) });
        member.leave();
      });
  }

  /** Into the session. */
  async #admit(room: Room, member: Member): Promise<void> {
    if (member.admitted) return;
    member.admitted = true;
    const { guest, action } = member;
    const { led } = guest;
    // What it would hear there it says itself.
    if (room.place.kind === 'session' && guest.cameFrom === room.place.session) room.session = room.place.session;
    else {
      await led.call.onlyListens(!action.canSpeak);
      await led.deafen(!action.canHear);
      room.session = await led.enter(room.place);
    }
    guest.room = { name: action.room, session: room.session };
    const isFirst = ![...room.members].some(({ inside }) => inside);
    member.inside = true;
    if (isFirst) this.#tell(room, member, 'start');
    this.#tell(room, member, 'join');
    if (action.beep === 'enter' || action.beep === 'both') this.#beep(room, member);
    await this.#record(room, member);
  }

  /** Those who are alone, or whose room has not started, hear something. */
  #letWait(room: Room): void {
    const alone = room.place.kind === 'room' && room.members.size === 1;
    for (const member of room.members) {
      const waits = !room.started || alone;
      if (waits && !member.waiting && member.action.wait) {
        const waiting = new AbortController();
        member.waiting = waiting;
        void member.guest.wait(member.action, waiting.signal);
      } else if (!waits) {
        member.waiting?.abort();
        member.waiting = null;
      }
    }
  }

  async #part(room: Room, member: Member): Promise<void> {
    const { guest, action } = member;
    member.waiting?.abort();
    room.members.delete(member);
    guest.room = null;
    if (member.inside) {
      if (action.beep === 'exit' || action.beep === 'both') this.#beep(room, member);
      if (!guest.led.ended) {
        await guest.led.leave();
        await Promise.all([guest.led.call.onlyListens(false), guest.led.deafen(false)]).catch(() => undefined);
      }
      this.#tell(room, member, 'leave');
    }
    if (action.endsOnExit && member.inside) for (const { leave } of [...room.members]) leave();
    if (room.members.size > 0) {
      this.#letWait(room);
      return;
    }
    this.#rooms.delete(room.key);
    if (member.inside) this.#tell(room, member, 'end');
    await this.#endRecording(room);
  }

  async #record(room: Room, { guest, action }: Member): Promise<void> {
    const { record: terms } = action;
    const { session } = room;
    if (!terms || room.recording !== null || session === null) return;
    const by: RecordedBy = { guest, terms, source: 'conference' };
    const { project } = room.place;
    const id = beginRecording(this.#services.recordings, by, { project, session, mode: 'mixed', alone: false }).catch(
      error => {
        guest.led.call.log.warn({ call: guest.led.call.ref.id, problem: messageOf(error) }, 'a room is not recorded');
        return null;
      },
    );
    room.recording = { by, id };
    await id;
  }

  async #endRecording({ recording }: Room): Promise<void> {
    const id = await recording?.id;
    if (recording && typeof id === 'string') await endRecording(this.#services.recordings, recording.by, id);
  }

  #beep(room: Room, { guest }: Member): void {
    if (room.session === null || guest.led.ended) return;
    guest.led.leg
      .play({ source: BEEP, maxMs: BEEP_MS, waitMs: 0 }, room.session)
      .catch(error =>
        guest.led.call.log.debug({ call: guest.led.call.ref.id, problem: messageOf(error) }, 'a beep was not heard'),
      );
  }

  #tell(room: Room, { guest, action }: Member, what: 'start' | 'end' | 'join' | 'leave'): void {
    const session = room.session ?? '';
    guest.happened({ kind: 'conference', what, action, session, roomId: room.id, events: action.events });
  }

  #roomOf(project: ProjectId, name: string): Room {
    const place = this.#placeOf(project, name);
    // Whichever of the tenant's APIs leads a call there, a name is one room.
    const key = place.kind === 'session' ? place.session : `${[...this.#services.tenant(project)].sort()} ${name}`;
    const fresh = { id: randomUUID(), key, place, members: new Set<Member>(), session: null, started: false };
    return this.#rooms.get(key) ?? { ...fresh, recording: null };
  }

  /** A session of the tenant's of that id, or the room of that name. */
  #placeOf(project: ProjectId, name: string): Place {
    const { context, tenant } = this.#services;
    const owner = tenant(project).find(id => context.sessions.has(id, name));
    return owner === undefined
      ? { kind: 'room', project, name }
      : { kind: 'session', project: owner, session: name as SessionId };
  }
}
