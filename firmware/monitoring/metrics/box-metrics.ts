import type { ReadMetric } from './metric-set.ts';

export interface BoxFigures {
  readonly version: string;
  readonly node: string;
  /** Milliseconds since 1970, by what the certificate is for. */
  readonly certificates: readonly { readonly use: string; readonly notAfter: number }[];
  readonly freePorts: number;
  readonly draining: boolean;
}

export const boxMetrics: readonly ReadMetric<BoxFigures>[] = [
  {
    name: 'crosspoint_build_info',
    type: 'gauge',
    help: 'always 1; its labels say what runs here',
    labels: ['version', 'node'],
    read: ({ version, node }) => [[{ version, node }, 1]],
  },
  {
    name: 'crosspoint_certificate_not_after_timestamp_seconds',
    type: 'gauge',
    help: 'until when the certificate is valid; days left: (this - time()) / 86400',
    labels: ['use'],
    read: ({ certificates }) => certificates.map(({ use, notAfter }) => [{ use }, notAfter / 1000]),
  },
  {
    name: 'crosspoint_media_ports_free',
    type: 'gauge',
    help: 'RTP port pairs of media.ports that no leg has',
    read: ({ freePorts }) => freePorts,
  },
  {
    name: 'crosspoint_draining',
    type: 'gauge',
    help: '1 while the box takes no new work because it is shutting down',
    read: ({ draining }) => Number(draining),
  },
];
