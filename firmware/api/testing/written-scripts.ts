import { systemClock } from '../../base/clock.ts';
import { type CallId, newId, type ProjectId } from '../../base/ids.ts';
import type { Application } from '../../scripts/leader.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import type { PlaceRequest, ScriptsPort } from '../../scripts/scripts-port.ts';

/** Calls that scripts lead, of which it is only written down what was asked of them. */
export class WrittenScripts implements ScriptsPort {
  readonly asked: (readonly [call: string, what: string, how: unknown])[] = [];
  readonly placed: PlaceRequest[] = [];
  readonly #calls: { readonly project: ProjectId; readonly call: ScriptedCall }[] = [];

  async take(): Promise<void> {}

  async place(application: Application, request: PlaceRequest): Promise<ScriptedCall> {
    this.placed.push(request);
    return this.add(application);
  }

  /** One that was answered. */
  add(application: Application): ScriptedCall {
    const id = newId<CallId>();
    const ask = (what: string) => async (how: unknown) => void this.asked.push([id, what, how]);
    const call = {
      ref: { id, project: application.project, session: null, connection: null, createdAt: systemClock.now() },
      direction: 'outbound',
      from: 'sip:442079460000@box.example.com',
      to: 'sip:447700900000@trunk',
      headers: [],
      stages: { ringingAt: 1, activeAt: systemClock.now(), endedAt: null },
      clock: systemClock,
    };
    const scripted = {
      id,
      call,
      parent: null,
      arrival: null,
      room: null,
      deafened: false,
      redirect: (source: unknown) => void this.asked.push([id, 'redirect', source]),
      playBeside: ask('playBeside'),
      hush: ask('hush'),
      mute: ask('mute'),
      deafen: ask('deafen'),
      sendDigits: ask('sendDigits'),
      limitTo: () => {},
      hangUp: ask('hangUp'),
    } as unknown as ScriptedCall & { leader: ScriptedCall['leader'] };
    scripted.leader = application.lead(scripted);
    this.#calls.push({ project: application.project, call: scripted });
    return scripted;
  }

  get(project: ProjectId, id: string): ScriptedCall | undefined {
    return this.list(project).find(call => call.id === id);
  }

  list(project: ProjectId): ScriptedCall[] {
    return this.#calls.flatMap(each => (each.project === project ? each.call : []));
  }
}
