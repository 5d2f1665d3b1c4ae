import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TwilioProject } from '../../config/projects.ts';
import type { ScriptedCall } from '../../scripts/scripted-call.ts';
import { requireReady } from '../readiness.ts';
import { twilioApplication } from './application.ts';
import { accountOf } from './auth.ts';
import { callFilter } from './call-filter.ts';
import { callResource, type TwilioCall } from './call-resource.ts';
import type { TwilioDeps } from './deps.ts';
import { TwilioError, unknownResource } from './errors.ts';
import { Form } from './form.ts';
import { API_VERSION } from './leader.ts';
import { newCall, newSource, WITHOUT_EFFECT } from './new-call.ts';
import { askedPage, paged } from './paging.ts';
import { idOf } from './sids.ts';

/** One page of a filtered list looks through so many pages of calls at most. */
const MAX_LOOKS = 10;

/** Calls: create, list, fetch, update, delete (CONTRACT §4.1). */
export function callRoutes(app: FastifyInstance, deps: TwilioDeps): void {
  const { scripts, directory, records, origin, readiness, log } = deps;
  const warned = new Set<string>();

  const warnOnce = (project: TwilioProject, name: string, what: string) => {
    const key = `${project.id} ${name}`;
    if (warned.has(key) || warned.size >= 1000) return;
    warned.add(key);
    log.warn({ project: project.id, name }, what);
  };

  const find = async (request: FastifyRequest): Promise<TwilioCall> => {
    const id = idOf('CA', sidIn(request));
    const call = id === null ? undefined : await directory.get(id);
    if (!call || call.project !== accountOf(request).id) throw unknownResource();
    return call;
  };
  const live = (request: FastifyRequest, id: string): ScriptedCall | undefined =>
    scripts.get(accountOf(request).id, id);

  for (const suffix of ['', '.json']) {
    app.post(`/Calls${suffix}`, async (request, reply) => {
      const project = accountOf(request);
      requireReady(readiness(), ['sip', 'worker', 'store']);
      const form = formOf(request);
      const { place, settings, dropped } = newCall(form, project.id);
      for (const name of form.names())
        if ((WITHOUT_EFFECT as readonly string[]).includes(name))
          warnOnce(project, name, 'a parameter of a call has no effect here');
      for (const name of dropped) warnOnce(project, name.slice(0, 64), 'a SIP header of a call is not sent (32113)');
      const placed = await scripts.place(twilioApplication(project, settings, origin), place);
      const call = await directory.get(placed.id);
      if (!call) throw unknownResource();
      const answered = form.get('MachineDetection') === undefined ? {} : { answered_by: 'unknown' };
      // A far end that answers at once has done so by now; the vendor's answer comes before.
      return reply.code(201).send({ ...callResource({ ...call, state: 'DIALING', activeAt: null }), ...answered });
    });

    app.get(`/Calls${suffix}`, async request => {
      const project = accountOf(request);
      const { page, size, token, query } = askedPage(request.query as Record<string, unknown>);
      const isWanted = callFilter(query);
      const items: TwilioCall[] = [];
      let cursor = token;
      for (let looks = 0; looks < MAX_LOOKS && items.length < size; looks++) {
        const found = await directory.list({ state: 'all', project: project.id, limit: size - items.length, cursor });
        items.push(...found.items.filter(isWanted));
        cursor = found.next;
        if (cursor === null) break;
      }
      const path = `/${API_VERSION}/Accounts/${project.id}/Calls.json`;
      return paged('calls', { items: items.map(callResource), path, query, page, size, next: cursor });
    });
  }

  app.get('/Calls/:sid', async request => callResource(await find(request)));

  app.post('/Calls/:sid', async request => {
    const { id } = await find(request);
    const call = live(request, id);
    if (!call) throw new TwilioError(400, 21220, 'Invalid call state: the call is over');
    const form = formOf(request);
    const source = newSource(form);
    const status = form.get('Status');
    if (status !== undefined && status !== 'completed' && status !== 'canceled')
      throw new TwilioError(400, 21218, 'Status must be completed or canceled');
    const limitS = form.seconds('TimeLimit', 86_400, 21208);
    if (status === 'canceled' && call.call.stages.activeAt !== null)
      throw new TwilioError(400, 21220, 'Invalid call state: a call that was answered is not canceled');
    if (limitS !== undefined) call.limitTo(limitS * 1000);
    if (status !== undefined) await call.hangUp();
    else if (source) call.redirect(source);
    return callResource(await find(request));
  });

  app.delete('/Calls/:sid', async (request, reply) => {
    const { id, endedAt } = await find(request);
    if (endedAt === null) throw new TwilioError(409, 20409, 'The call lives: end it first');
    await records.delete(id);
    return reply.code(204).send();
  });
}

/** In a path, with `.json` or without. */
export function sidIn(request: FastifyRequest, name = 'sid'): string {
  return ((request.params as Record<string, string>)[name] ?? '').replace(/\.json$/, '');
}

export function formOf(request: FastifyRequest): Form {
  if (request.body instanceof Form) return request.body;
  throw new TwilioError(400, 20001, 'The body must be a form');
}
