import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = fileURLToPath(import.meta.url);
/** The sources lie in firmware/, the built service in dist/firmware/. */
const root = path.resolve(path.dirname(here), path.extname(here) === '.ts' ? '../../..' : '../../../..');

/** Where provisioning/bundle-client.sh puts what browsers load. */
export const BROWSER_FILES = path.join(root, 'build/browser');

const files = [
  { url: '/client/crosspoint.js', file: 'client/crosspoint.js', type: 'text/javascript' },
  { url: '/client/crosspoint.mjs', file: 'client/crosspoint.mjs', type: 'text/javascript' },
  { url: '/client/crosspoint.d.ts', file: 'client/crosspoint.d.ts', type: 'text/plain' },
  { url: '/agent', file: 'agent/index.html', type: 'text/html' },
  { url: '/agent/agent.css', file: 'agent/agent.css', type: 'text/css' },
  { url: '/agent/agent.js', file: 'agent/agent.js', type: 'text/javascript' },
] as const;

export interface BrowserFile {
  readonly url: string;
  readonly type: string;
  readonly body: Buffer;
  readonly compressed: Buffer;
  /** RFC 9110 §8.8.3, with its quotation marks. */
  readonly etag: string;
}

/** Read once; those that have not been built are left out. */
export function readBrowserFiles(folder: string): BrowserFile[] {
  return files.flatMap(({ url, file, type }) => {
    const whole = path.join(folder, file);
    if (!existsSync(whole)) return [];
    const body = readFileSync(whole);
    const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    return [
      { url, type: `${type}; charset=utf-8`, body, compressed: gzipSync(body, { level: 9 }), etag: `"${digest}"` },
    ];
  });
}
