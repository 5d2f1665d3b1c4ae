import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { statuses } from '../error-status.ts';
import { createServer } from '../server.ts';
import { startApi } from '../testing/api-rig.ts';
import { opentokOperations, videoOperations } from '../testing/sdk-operations.ts';
import type { Ending } from '../testing/sdk-under-faults.program.ts';

/** CONTRACT §0, rules 1 to 6: what we send as an error must not end an application. */
const test = suite<{ faulty: FastifyInstance; url: string }>('SDKs under faults');
const program = fileURLToPath(new URL('../testing/sdk-under-faults.program.ts', import.meta.url));
const run = promisify(execFile);

/** One code of each status that we answer with; `internal` is a mistake of our own. */
const byStatus = new Map(Object.entries(statuses).map(([code, status]) => [status, code]));
const faults = ['internal', ...[...byStatus.values()].sort()];

test.before(async context => {
  const faulty = createServer(silentLog, { https: null, plain: 'always' });
  faulty.all('/:fault/*', async request => {
    const { fault } = request.params as { fault: string };
    if (fault === 'internal') throw new Error('a mistake');
    throw new CrosspointError(fault as `http.${string}`, 'What is wrong, in a sentence.');
  });
  await faulty.listen({ host: '127.0.0.1', port: 0 });
  const { port } = faulty.server.address() as AddressInfo;
  Object.assign(context, { faulty, url: `http://127.0.0.1:${port}` });
});
test.after(({ faulty }) => faulty.close());

async function endingsOf(sdk: 'opentok' | 'video', url: string): Promise<Ending[]> {
  const { stdout } = await run(process.execPath, ['--import', 'tsx', program, sdk, url, ...faults], {
    timeout: 60_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Ending[];
}

/** What an SDK does wrong whatever a server sends: only an answer without an error would help. */
const DEFECTS: Readonly<Record<string, string>> = {
  listCallbacks: 'it goes on after an error, and takes the list out of nothing',
};

const sayWhat = ({ operation, fault, ends, error, fatal }: Ending) =>
  `${operation}, ${fault}: ended ${ends} times${fatal ? `, then died of ${fatal}` : ''} (${error})`;

for (const [sdk, operations] of [
  ['opentok', opentokOperations],
  ['video', videoOperations],
] as const) {
  test(`${sdk}: every operation ends once, with an error, whatever we refuse it with`, async ({ url }) => {
    const endings = await endingsOf(sdk, url);
    assert.is(endings.length, operations.length * faults.length);
    const wrong = endings.filter(({ operation, ends, error, fatal }) => {
      if (DEFECTS[operation] !== undefined) return false;
      return ends !== 1 || error === null || fatal !== null;
    });
    assert.equal(wrong.map(sayWhat), []);
  });
}

test('every route for a project is tried by both SDKs, so that a new one is too', async () => {
  const { routes, close } = await startApi();
  await close();
  const urls = routes.filter(({ url }) => url === '/session/create' || url.startsWith('/v2/project/'));
  const tried = (route: string, family: boolean) => (each: { readonly route: string }) =>
    // Of what there is not, with every method: that some of it is tried is enough.
    family ? each.route.endsWith(route.slice(route.indexOf(' '))) : each.route === route;
  for (const operations of [opentokOperations, videoOperations]) {
    const untried = urls
      .map(({ method, url }) => `${method} ${url}`)
      .filter(route => !operations.some(tried(route, isLater(route))));
    assert.equal(
      untried.filter(route => !UNTRIED.includes(route)),
      [],
    );
  }
});

const isLater = (route: string) => /\/:apiKey\/(broadcast|captions|render|connect)(\/\*)?$/.test(route);

/** What no SDK asks for, or one of them does not: the reason beside it. */
const UNTRIED: readonly string[] = [
  // @vonage/video knows no callbacks.
  'POST /v2/project/:apiKey/callback',
  'GET /v2/project/:apiKey/callback',
  'DELETE /v2/project/:apiKey/callback/:callbackId',
  // opentok ends an Audio Connector by forceDisconnect.
  ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map(method => `${method} /v2/project/:apiKey/connect/*`),
];

test.run();
