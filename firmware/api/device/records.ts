import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import type { KeptCall } from '../../store/call-records.ts';
import { judgedOf } from '../../verdict/judged.ts';
import { verdictOn } from '../../verdict/verdict-on.ts';
import { ErrorBody } from '../error-body.ts';
import type { CallRecordReader } from '../ports.ts';
import { fileAnswer } from './answers.ts';
import { callFilterKeys, filterOf } from './call-filter.ts';
import { requireOperator } from './operator-auth.ts';
import { csvHeader, csvLines } from './record-csv.ts';

/** Each holds a page in memory, and reads the store while its reader takes it. */
const MAX_EXPORTS = 4;
const PAGE = 500;

const Query = Type.Object({
  format: Type.Optional(
    Type.Enum(['ndjson', 'csv'], {
      description: 'default ndjson: one JSON object a line; csv: RFC 4180 with a header',
    }),
  ),
  ...callFilterKeys,
});

/** `GET /device/records`: the records of calls that are over, as a stream, for the operator. */
export function deviceRecordsRoutes(records: CallRecordReader, operatorToken: string): FastifyPluginAsyncTypebox {
  let running = 0;
  const response = {
    200: fileAnswer('those that began last first', 'application/x-ndjson', 'text/csv'),
    '4xx': ErrorBody,
    '5xx': ErrorBody,
  };
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/records',
      {
        schema: {
          tags: ['calls'],
          summary: 'Export records of calls',
          description:
            'All records of calls that are over and asked for, streamed: the record, the quality of each leg, problems and the verdict. In CSV, cells that a spreadsheet would take for a formula begin with an apostrophe. At most four exports at a time.',
          querystring: Query,
          response,
        },
      },
      async ({ query }, reply) => {
        const filter = filterOf(query);
        if (running >= MAX_EXPORTS)
          throw new CrosspointError('http.too-many-requests', `${MAX_EXPORTS} exports are running already`, {
            retriable: true,
          });
        running += 1;
        const { format = 'ndjson' } = query;
        const text = format === 'csv' ? asCsv(records.all(filter, PAGE)) : asLines(records.all(filter, PAGE));
        const stream = Readable.from(text).on('close', () => {
          running -= 1;
        });
        const name = `calls.${format === 'csv' ? 'csv' : 'ndjson'}`;
        reply.header('content-disposition', `attachment; filename="${name}"`).header('cache-control', 'no-store');
        reply.type(format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson');
        return reply.send(stream);
      },
    );
  };
}

function judged(call: KeptCall) {
  return { ...call, verdict: verdictOn(judgedOf(call.record, call.media)) };
}

async function* asCsv(pages: AsyncIterable<readonly KeptCall[]>): AsyncGenerator<string> {
  yield csvHeader();
  for await (const page of pages) if (page.length > 0) yield csvLines(page.map(judged));
}

async function* asLines(pages: AsyncIterable<readonly KeptCall[]>): AsyncGenerator<string> {
  for await (const page of pages)
    if (page.length > 0)
      yield page
        .map(judged)
        .map(
          ({ record, media, verdict }) =>
            `${JSON.stringify({ ...record, quality: media?.legs ?? [], problems: media?.problems ?? [], verdict })}\n`,
        )
        .join('');
}
