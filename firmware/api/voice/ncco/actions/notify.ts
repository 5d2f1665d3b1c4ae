import { anything, targetOf, url, webMethod } from '../key.ts';
import { nccoAction } from '../ncco-action.ts';

export const notify = nccoAction({
  what: 'Tells the application something; an NCCO in the answer takes the place of the rest.',
  keys: {
    payload: anything('what is told'),
    eventUrl: url("where; default: the call's event URL"),
    eventMethod: webMethod('how'),
  },
  compile({ payload, eventUrl, eventMethod }, { context, missing }) {
    const target = targetOf(eventUrl, eventMethod, context.events);
    if (!target) return missing('eventUrl', 'There is nobody to notify: neither it nor the call has an event URL');
    return { action: { kind: 'notify', payload: payload ?? {}, next: { target, form: 'notify' } } };
  },
});
