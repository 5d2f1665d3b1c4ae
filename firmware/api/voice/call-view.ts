import type { Static } from 'typebox';
import type { CallRecord } from '../../records/call-record.ts';
import { endpointView, shownAddress } from './address.ts';
import { endedSo } from './call-status.ts';
import type { VoiceCall } from './calls.ts';
import { iso } from './event-bodies.ts';
import { conversationOf } from './leader.ts';
import type { CallBody } from './schemas.ts';

export type CallView = Static<typeof CallBody>;

/** What is shown of a call that is over. */
export type PastCall = Pick<CallRecord, 'id' | 'from' | 'to' | 'direction' | 'activeAt' | 'endedAt' | 'reason'>;

export function liveView({ call: { id, call }, leader }: VoiceCall, now: number): CallView {
  const { activeAt, ringingAt } = call.stages;
  return view({
    id,
    conversation: leader.conversation,
    from: leader.from,
    to: leader.to,
    status: activeAt !== null ? 'answered' : ringingAt !== null ? 'ringing' : 'started',
    direction: call.direction,
    activeAt,
    endedAt: null,
    now,
  });
}

/** Its conversation is its own: in which it was is not kept. */
export function pastView({ id, from, to, direction, activeAt, endedAt, reason }: PastCall): CallView {
  const { code, detail, endedBy } = reason;
  const { status } = endedSo({ code, endedBy, ...(detail !== null && { detail }) }, activeAt !== null);
  return view({
    id,
    conversation: conversationOf(id),
    from: shownAddress(from),
    to: shownAddress(to),
    status,
    direction,
    activeAt,
    endedAt,
    now: endedAt,
  });
}

interface Seen {
  readonly id: string;
  readonly conversation: string;
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly direction: string;
  readonly activeAt: number | null;
  readonly endedAt: number | null;
  readonly now: number;
}

function view({ id, conversation, from, to, status, direction, activeAt, endedAt, now }: Seen): CallView {
  return {
    _links: { self: { href: `/v1/calls/${id}` } },
    uuid: id,
    conversation_uuid: conversation,
    to: endpointView(to),
    from: endpointView(from),
    status,
    direction,
    rate: '0.00',
    price: '0.00',
    duration: String(activeAt === null ? 0 : Math.max(0, Math.round((now - activeAt) / 1000))),
    ...(activeAt !== null && { start_time: iso(activeAt) }),
    ...(endedAt !== null && { end_time: iso(endedAt) }),
    network: '',
  };
}
