const NAMES = { openmetrics: 'application/openmetrics-text', text: 'text/plain' } as const;

/**
 * In which format a scraper wants its metrics (RFC 9110 §12.5.1); the older one when it does not care.
 * @param accept the header; undefined when there is none
 */
export function acceptedFormat(accept: string | undefined): 'text' | 'openmetrics' {
  const ranges = (accept ?? '').toLowerCase().split(',').slice(0, 20);
  const open = Math.max(0, ...ranges.map(range => qualityOf(range, NAMES.openmetrics)));
  const plain = Math.max(0, ...ranges.map(range => qualityOf(range, NAMES.text)));
  return open > plain ? 'openmetrics' : 'text';
}

/** 0 of another media type, and of a version of it that is not ours. */
function qualityOf(range: string, name: string): number {
  const [type, ...params] = range.split(';').map(part => part.trim());
  if (type !== name) return 0;
  const values = new Map(params.map(param => param.split('=', 2) as [string, string | undefined]));
  if (name === NAMES.openmetrics && (values.get('version') ?? '1.0.0') !== '1.0.0') return 0;
  const quality = Number(values.get('q') ?? 1);
  return Number.isFinite(quality) ? quality : 0;
}
