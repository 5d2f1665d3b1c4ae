import { CrosspointError } from '../base/errors.ts';
import type { CallId, ProjectId } from '../base/ids.ts';
import { cannotTake, type IncomingTerms } from '../calls/answer-call.ts';
import { leadIncoming } from '../calls/led/lead-incoming.ts';
import { leadOutgoing } from '../calls/led/lead-outgoing.ts';
import type { LedCall } from '../calls/led/led-call.ts';
import type { IncomingInvite } from '../sip/user-agent/incoming-invite.ts';
import type { Child, ChildTerms } from './acting.ts';
import type { ConnectTarget } from './action.ts';
import type { Application } from './leader.ts';
import { Rooms } from './rooms.ts';
import { Run, type RunParts } from './run.ts';
import type { ScriptServices } from './script-services.ts';
import type { Arrival, ScriptedCall } from './scripted-call.ts';
import type { PlaceRequest, ScriptsPort } from './scripts-port.ts';

type Outgoing = Pick<RunParts, 'parent' | 'depth' | 'lead' | 'sendDigits' | 'done'>;

/** Every call of the box that a script leads. */
export class Scripts implements ScriptsPort {
  readonly #services: ScriptServices;
  readonly #rooms: Rooms;
  readonly #runs = new Map<CallId, Run>();

  constructor(services: ScriptServices) {
    this.#services = services;
    this.#rooms = new Rooms(services);
  }

  async take(invite: IncomingInvite, application: Application, terms: IncomingTerms): Promise<void> {
    const { context } = this.#services;
    const { project } = application;
    try {
      const waiting = await leadIncoming(context, invite, project, placementOf(project), terms);
      const arrival = this.#arrivalOf(invite);
      const caller = arrival.ownCall === null ? undefined : context.book.get(arrival.ownCall);
      this.#run({
        led: waiting.led,
        waiting,
        arrival,
        cameFrom: caller?.ref.session ?? null,
        parent: null,
        depth: 0,
        lead: call => application.lead(call),
        sendDigits: null,
      }).start();
    } catch (error) {
      cannotTake(context, invite, terms, error);
    }
  }

  async place(application: Application, request: PlaceRequest): Promise<ScriptedCall> {
    const { sendDigits } = request;
    return this.#place(application.project, request, {
      parent: null,
      depth: 0,
      lead: call => application.lead(call),
      sendDigits,
    });
  }

  get(project: ProjectId, id: string): ScriptedCall | undefined {
    const run = this.#runs.get(id as CallId);
    return run?.project === project ? run : undefined;
  }

  list(project: ProjectId): ScriptedCall[] {
    return [...this.#runs.values()].filter(run => run.project === project);
  }

  #run(parts: Omit<RunParts, 'services' | 'rooms' | 'placeChild' | 'over'>): Run {
    const run = new Run({
      ...parts,
      services: this.#services,
      rooms: this.#rooms,
      placeChild: (parent, target, terms) => this.#child(parent, target, terms),
      over: ({ id }) => this.#runs.delete(id),
    });
    this.#runs.set(run.id, run);
    return run;
  }

  async #place(project: ProjectId, request: Omit<PlaceRequest, 'sendDigits'>, outgoing: Outgoing): Promise<Run> {
    const { context } = this.#services;
    const { to, from, headers, ownHeaders, auth, secure, ringMs, limitMs } = request;
    let run: Run | null = null;
    await leadOutgoing(
      context,
      project,
      placementOf(project),
      {
        uri: to.kind === 'sip' ? to.uri : this.#services.numberUri(project, to.number),
        from: from ?? undefined,
        namedFrom: true,
        headers,
        ...(ownHeaders && { ownHeaders }),
        auth,
        secure,
        ringLimitMs: ringMs,
        maxDurationMs: limitMs,
        ...(outgoing.parent && { parent: outgoing.parent.id }),
      },
      led => {
        run = this.#run({ ...outgoing, led, waiting: null, arrival: null, cameFrom: null });
        run.start();
      },
    );
    if (run === null) throw new CrosspointError('call.not-active', 'The call did not begin');
    return run;
  }

  async #child(parent: Run, target: ConnectTarget, { from, ringMs, limitMs }: ChildTerms): Promise<Child> {
    let ready = () => {};
    const isReady = new Promise<void>(resolve => {
      ready = resolve;
    });
    const { to, headers, auth, secure, sendDigits } = target;
    const request = { to, from: from ?? callerOf(parent), headers, auth, secure, ringMs, limitMs };
    const run = await this.#place(parent.project, request, {
      parent,
      depth: parent.depth + 1,
      lead: call => parent.leader.child(target, call),
      sendDigits,
      done: ready,
    });
    const ended = new Promise<void>(resolve => {
      if (run.led.ended) resolve();
      run.life.addEventListener('abort', () => resolve(), { once: true });
    });
    return { run, ready: isReady, gone: Promise.race([ended, run.taken]) };
  }

  #arrivalOf(invite: IncomingInvite): Arrival {
    const { callId, request, source, user } = invite;
    return {
      sipCallId: callId,
      requestUri: request.uri,
      source: source.address,
      user,
      ownCall: this.#services.context.book.outgoing(callId)?.ref.id ?? null,
    };
  }
}

/** Calls that a tenant's scripts lead can meet: they lie on one worker. */
function placementOf(project: ProjectId): string {
  return `scripts ${project}`;
}

/** As whom a call's script calls others, where it does not say. */
function callerOf({ call, led }: { readonly call: Run['call']; readonly led: LedCall }): string {
  return led.call.direction === 'inbound' ? call.from : call.to;
}
