import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { CrosspointError } from '../../base/errors.ts';
import { ladder } from '../../sip/trace/ladder.ts';
import { pcap } from '../../sip/trace/pcap.ts';
import { ErrorBody } from '../error-body.ts';
import type { CallTraceReader } from '../ports.ts';
import { fileAnswer } from './answers.ts';
import { requireOperator } from './operator-auth.ts';

const CallPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) });
const Form = Type.Object({
  format: Type.Optional(
    Type.Union([Type.Literal('text'), Type.Literal('pcap')], {
      description: 'text (default): a ladder with the messages in full; pcap: a file for Wireshark',
    }),
  ),
});

/** `GET /device/calls/{id}/trace[?format=pcap]`: the SIP messages of a call, without their secrets. */
export function deviceTraceRoute(traces: CallTraceReader, operatorToken: string): FastifyPluginAsyncTypebox {
  return async app => {
    app.addHook('onRequest', requireOperator(operatorToken));
    app.get(
      '/device/calls/:id/trace',
      {
        schema: {
          tags: ['calls'],
          summary: 'The SIP messages of a call, live or past, without their secrets',
          params: CallPath,
          querystring: Form,
          response: {
            200: fileAnswer('in the form that was asked for', 'text/plain', 'application/vnd.tcpdump.pcap'),
            '4xx': ErrorBody,
            '5xx': ErrorBody,
          },
        },
      },
      async ({ params: { id }, query: { format } }, reply) => {
        const trace = await traces.read(id);
        if (!trace) throw new CrosspointError('call.unknown', 'Nothing is kept of such a call');
        reply.header('cache-control', 'no-store');
        if (format !== 'pcap') return reply.type('text/plain; charset=utf-8').send(ladder(trace));
        reply.header('content-disposition', `attachment; filename="${id.replace(/[^0-9a-f-]/gi, '_')}.pcap"`);
        return reply.type('application/vnd.tcpdump.pcap').send(pcap(trace));
      },
    );
  };
}
