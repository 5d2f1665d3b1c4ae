import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { operatorCheck } from '../device/operator-auth.ts';
import { acceptedFormat } from './accepted-format.ts';

export interface MetricsDeps {
  readonly metrics: { render(format: 'text' | 'openmetrics'): Promise<{ contentType: string; text: string }> };
  readonly operatorToken: string;
  /** Addresses that need no token. */
  readonly mayScrape: (address: string) => boolean;
}

/**
 * `GET /metrics`: for Prometheus, in its text format or as OpenMetrics, whichever it prefers. With the operator token, or
 * from an address of `metrics.allowFrom`.
 */
export function metricsRoute({ metrics, operatorToken, mayScrape }: MetricsDeps): FastifyPluginAsyncTypebox {
  const checkOperator = operatorCheck(operatorToken);
  return async app => {
    app.addHook('onRequest', async ({ ip, headers }) => {
      if (!mayScrape(ip)) checkOperator(headers.authorization);
    });
    app.get('/metrics', async (request, reply) => {
      const { contentType, text } = await metrics.render(acceptedFormat(request.headers.accept));
      return reply.header('content-type', contentType).header('cache-control', 'no-store').send(text);
    });
  };
}
