import type { CallView } from '../ports.ts';
import { type CallStatus, callStatus } from './call-status.ts';
import { rfc2822, rfc2822OrNull } from './dates.ts';
import { API_VERSION, directionOf } from './leader.ts';
import { shownCaller, shownParty } from './party.ts';
import { sidOf } from './sids.ts';

const SUBRESOURCES = [
  'notifications',
  'recordings',
  'payments',
  'events',
  'siprec',
  'streams',
  'transcriptions',
  'user_defined_message_subscriptions',
  'user_defined_messages',
] as const;

/** Path parts of those that are not their names. */
const PATHS: Readonly<Record<string, string>> = {
  notifications: 'Notifications',
  recordings: 'Recordings',
  payments: 'Payments',
  events: 'Events',
  siprec: 'Siprec',
  streams: 'Streams',
  transcriptions: 'Transcriptions',
  user_defined_message_subscriptions: 'UserDefinedMessageSubscriptions',
  user_defined_messages: 'UserDefinedMessages',
};

export type TwilioCall = Pick<
  CallView,
  'id' | 'project' | 'direction' | 'from' | 'to' | 'state' | 'createdAt' | 'activeAt' | 'endedAt' | 'result'
> & { readonly parent?: string | undefined };

export function statusOfCall({ state, result }: Pick<TwilioCall, 'state' | 'result'>): CallStatus {
  return callStatus(state, result);
}

/** A call as the vendor shows it (CONTRACT §4.3): no key is ever absent. */
export function callResource(call: TwilioCall) {
  const { id, project, direction, createdAt, activeAt, endedAt, parent = null } = call;
  const uri = `/${API_VERSION}/Accounts/${project}/Calls/${sidOf('CA', id)}`;
  const isInbound = direction === 'inbound';
  const from = isInbound ? shownParty(call.from) : shownCaller(call.from);
  const to = shownParty(call.to);
  const seconds = endedAt === null ? null : activeAt === null ? 0 : Math.round((endedAt - activeAt) / 1000);
  return {
    sid: sidOf('CA', id),
    account_sid: project,
    api_version: API_VERSION,
    direction: directionOf(isInbound, parent !== null),
    to,
    to_formatted: to,
    from,
    from_formatted: from,
    status: statusOfCall(call),
    start_time: rfc2822OrNull(activeAt ?? (endedAt === null ? null : createdAt)),
    end_time: rfc2822OrNull(endedAt),
    duration: seconds === null ? null : String(seconds),
    date_created: rfc2822(createdAt),
    date_updated: rfc2822(endedAt ?? activeAt ?? createdAt),
    price: null,
    price_unit: 'USD',
    answered_by: null,
    annotation: null,
    caller_name: null,
    forwarded_from: null,
    group_sid: null,
    parent_call_sid: parent === null ? null : sidOf('CA', parent),
    phone_number_sid: null,
    trunk_sid: null,
    queue_time: '0',
    uri: `${uri}.json`,
    subresource_uris: Object.fromEntries(SUBRESOURCES.map(name => [name, `${uri}/${PATHS[name]}.json`])),
  };
}
