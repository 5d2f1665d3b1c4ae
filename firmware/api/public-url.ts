import type { HttpConfig } from '../config/http-schema.ts';

/** How applications reach the box, for addresses that webhooks tell: no "/" at its end. */
export function publicUrlOf({ publicUrl, host, port, plain, tls }: HttpConfig): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/$/, '');
  const name = tls.names[0] ?? host;
  const isLoopback = host === '::1' || host.startsWith('127.');
  const isPlain = tls.mode === 'off' || (plain !== 'never' && isLoopback && tls.names.length === 0);
  return `${isPlain ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
