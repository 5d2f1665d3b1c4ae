import { stringify } from 'csv-stringify/sync';
import type { Side } from '../../quality/call-media.ts';
import type { KeptCall } from '../../store/call-records.ts';
import type { CallVerdict } from '../../verdict/call-verdict.ts';

interface Row extends KeptCall {
  readonly verdict: CallVerdict | null;
}

type Cell = string | number | null | undefined;

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const seconds = (from: number | null, to: number | null) =>
  from === null || to === null ? null : ((to - from) / 1000).toFixed(3);

/** What stands in which column; new ones go to the end, for readers count. */
const columns: readonly (readonly [name: string, cell: (row: Row) => Cell])[] = [
  ['id', ({ record }) => record.id],
  ['project', ({ record }) => record.project],
  ['session_id', ({ record }) => record.sessionId],
  ['connection_id', ({ record }) => record.connectionId],
  ['direction', ({ record }) => record.direction],
  ['from', ({ record }) => record.from],
  ['to', ({ record }) => record.to],
  ['trunk_in', ({ record }) => record.trunks.in],
  ['trunk_out', ({ record }) => record.trunks.out],
  ['target', ({ record }) => record.target],
  ['created_at', ({ record }) => iso(record.createdAt)],
  ['provisional_at', ({ record }) => iso(record.provisionalAt)],
  ['ringing_at', ({ record }) => iso(record.ringingAt)],
  ['answered_at', ({ record }) => iso(record.activeAt)],
  ['ended_at', ({ record }) => iso(record.endedAt)],
  ['setup_seconds', ({ record }) => seconds(record.createdAt, record.activeAt)],
  ['talk_seconds', ({ record }) => seconds(record.activeAt, record.endedAt)],
  ['result', ({ record }) => record.result],
  ['reason_code', ({ record }) => record.reason.code],
  ['reason', ({ record }) => record.reason.slug],
  ['reason_message', ({ record }) => record.reason.message],
  ['reason_detail', ({ record }) => record.reason.detail],
  ['ended_by', ({ record }) => record.reason.endedBy],
  ...perSide('first'),
  ...perSide('second'),
  ['digits', ({ record }) => record.digits],
  ['verdict', ({ verdict }) => verdict?.rule],
  ['verdict_sentence', ({ verdict }) => verdict?.sentence],
  ['sip_call_ids', ({ record }) => record.sipCallIds.join(' ')],
];

function perSide(side: Side): [name: string, cell: (row: Row) => Cell][] {
  const facts = ({ record }: Row) => record.sides.find(each => each.side === side);
  const leg = ({ media }: Row) => media?.legs.findLast(each => each.side === side)?.call;
  return [
    [`${side}_codec`, row => facts(row)?.codec?.sends],
    [`${side}_security`, row => facts(row)?.security],
    [`${side}_received_mos`, row => leg(row)?.received.mos?.mos.toFixed(2)],
    [`${side}_received_loss`, row => leg(row)?.received.lossRatio?.toFixed(4)],
    [`${side}_received_jitter_ms`, row => leg(row)?.received.jitterMs?.toFixed(1)],
    [`${side}_sent_mos`, row => leg(row)?.sent.mos?.mos.toFixed(2)],
    [`${side}_sent_loss`, row => leg(row)?.sent.lossRatio?.toFixed(4)],
  ];
}

/**
 * Lines of RFC 4180. A cell that a spreadsheet would take for a formula has an apostrophe before it: what far ends call
 * themselves is in here, and "+44…" begins as a formula does.
 */
export function csvLines(rows: readonly Row[]): string {
  return written(rows.map(row => columns.map(([, cell]) => cell(row) ?? '')));
}

export function csvHeader(): string {
  return written([columns.map(([name]) => name)]);
}

function written(cells: readonly (readonly (string | number)[])[]): string {
  return stringify([...cells], { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ });
}
