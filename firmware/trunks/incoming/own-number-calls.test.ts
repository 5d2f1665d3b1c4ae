import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../base/clock.ts';
import type { ProjectId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { CallContext } from '../../calls/call-context.ts';
import type { Project } from '../../config/projects.ts';
import { parseUri } from '../../sip/message/uri.ts';
import type { IncomingInvite } from '../../sip/user-agent/incoming-invite.ts';
import type { InviteOptions } from '../../sip/user-agent/invite-listener.ts';
import { ANSWER, place, startAgent } from '../../sip/user-agent/user-agent.fixture.ts';
import { Accounts } from '../logins/accounts.ts';
import { InnerAgent } from '../own-numbers/inner-agent.ts';
import type { OwnNumbers } from '../own-numbers/own-number.ts';
import { configOf, FakeAgent } from '../trunks.fixture.ts';
import { Trunks } from '../trunks.ts';
import { OwnNumberCalls } from './own-number-calls.ts';

const VIDEO = '46000001' as ProjectId;
const VOICE = 'voice' as ProjectId;
const OTHER = '46000002' as ProjectId;
const PLAIN = 'plain' as ProjectId;
const LOGIN = { username: 'abcd1234', password: 'voice-secret' };

const projects = new Map(
  [
    { id: VIDEO, siblings: [VOICE] },
    { id: VOICE, siblings: [VIDEO], account: { apiKey: LOGIN.username, apiSecret: LOGIN.password } },
    { id: OTHER, siblings: [PLAIN] },
    { id: PLAIN, siblings: [OTHER] },
  ].map(project => [project.id, project as unknown as Project]),
);

interface Taken {
  readonly invite: IncomingInvite;
  readonly from: string;
  readonly to: string;
  readonly advertise: string | undefined;
}

/** A box with a number of VOICE and one of PLAIN, that has placed a call for `caller`. */
async function withBox(
  caller: ProjectId | null,
  run: (box: {
    readonly taken: Taken[];
    readonly refused: [cause: string, status: number][];
    dial(uri: string, more?: Partial<InviteOptions>): Promise<number>;
    /** From outside, of nobody's trunk. */
    dialIn(uri: string, more?: Partial<InviteOptions>): Promise<number>;
  }) => Promise<void>,
): Promise<void> {
  const accounts = new Accounts(projects);
  const trunks = new Trunks({
    config: configOf([]),
    agent: () => new FakeAgent(),
    accounts,
    clock: systemClock,
    log: silentLog,
    changed: () => {},
  });
  const inner = new InnerAgent({
    clock: systemClock,
    log: silentLog,
    tap: () => {},
    name: 'test',
    mediaHost: '0.0.0.0',
  });
  const outer = await startAgent({ isTrusted: () => false, gatekeeper: trunks.gatekeeper });
  const stranger = await startAgent();
  await inner.start();
  const taken: Taken[] = [];
  const refused: [string, number][] = [];
  const owners: Record<string, ProjectId | undefined> = { '442071234567': VOICE, '15550100200': PLAIN };
  const numbers: OwnNumbers = {
    find: msisdn => {
      const project = owners[msisdn];
      return project
        ? {
            project,
            take: async (invite, { from, to, media }) => {
              taken.push({ invite, from, to, advertise: media.advertise });
              invite.accept(ANSWER);
            },
          }
        : null;
    },
  };
  const own = new OwnNumberCalls({
    context: {
      book: { outgoing: () => (caller === null ? undefined : { ref: { project: caller } }) },
      admission: { admit: () => {} },
      settings: { terms: {} },
    } as unknown as CallContext,
    numbers,
    accounts,
    logins: trunks.logins,
    innerAddress: inner.mediaAddress,
    refuse: (invite, cause, status) => {
      refused.push([cause, status]);
      invite.reject(status);
    },
  });
  inner.onInvite = invite => void own.inner(invite);
  outer.onInvite = invite => void own.ofAccount(invite, invite.user ?? '');
  const outcome = async (placed: ReturnType<typeof place>) => {
    const ended = await placed.outcome;
    if (ended.kind === 'failed') return ended.failure.status ?? 0;
    await ended.dialog.bye();
    return 200;
  };
  try {
    await run({
      taken,
      refused,
      dial: (requestUri, more) => outcome(place(inner.agent, 5060, { target: inner.hop, requestUri, ...more })),
      dialIn: (requestUri, more) => {
        const port = outer.listening[0]?.port ?? 0;
        return outcome(place(stranger, port, { target: parseUri(`sip:127.0.0.1:${port}`), requestUri, ...more }));
      },
    });
  } finally {
    await Promise.all([inner.close(), outer.close(), stranger.close(), trunks.close()]);
  }
}

const NUMBER = 'sip:+442071234567@sip.nexmo.com;transport=tls';

test('a number at a domain of the box wants the login of its tenant, also of the tenant itself', () =>
  withBox(VIDEO, async ({ dial, taken, refused }) => {
    const headers = [['X-OpenTok-SessionId', '1_abc']] as const;
    assert.is(await dial(NUMBER, { auth: LOGIN, headers }), 200);
    const [call] = taken;
    assert.equal(
      [call?.invite.request.uri, call?.invite.request.headers.get('X-OpenTok-SessionId'), call?.to, call?.advertise],
      [NUMBER, '1_abc', '+442071234567', '127.0.0.1'],
    );
    assert.is(await dial(NUMBER), 401);
    assert.is(await dial(NUMBER, { auth: { ...LOGIN, password: 'wrong' } }), 403);
    assert.equal(refused, [['no-trunk', 403]]);
    assert.is(await dial('sip:00442071234567@sip.nexmo.com', { auth: LOGIN }), 200);
    assert.is(await dial('sip:442071234568@sip.nexmo.com', { auth: LOGIN }), 404);
    assert.is(taken.length, 2);
  }));

test("a tenant's number without a login is there for the tenant alone", async () => {
  const plain = 'sip:15550100200@sip.example.com';
  await withBox(OTHER, async ({ dial }) => assert.is(await dial(plain), 200));
  await withBox(VIDEO, async ({ dial }) => assert.is(await dial(plain, { auth: LOGIN }), 403));
});

test('who calls the number itself needs no login, and brings no headers that a tenant trusts', () =>
  withBox(OTHER, async ({ dial, taken }) => {
    const headers = [['X-OpenTok-SessionId', '1_forged']] as const;
    assert.is(await dial('sip:+442071234567@numbers.invalid', { headers }), 200);
    assert.not(taken[0]?.invite.request.headers.has('X-OpenTok-SessionId'));
    assert.is(await dial('sip:+15550100200@numbers.invalid', { headers }), 200);
    assert.ok(taken[1]?.invite.request.headers.has('X-OpenTok-SessionId'));
  }));

test('what comes in at the inner port and is no call of the box is refused', () =>
  withBox(null, async ({ dial, taken }) => {
    assert.is(await dial(NUMBER, { auth: LOGIN }), 403);
    assert.equal(taken, []);
  }));

test("somebody from anywhere with a tenant's login may call its numbers, and nobody else's", () =>
  withBox(null, async ({ dialIn, taken }) => {
    assert.is(await dialIn(NUMBER, { auth: LOGIN }), 200);
    assert.is(taken[0]?.advertise, undefined);
    assert.is(await dialIn(NUMBER), 401);
    assert.is(await dialIn(NUMBER, { auth: { ...LOGIN, password: 'wrong' } }), 403);
    assert.is(await dialIn('sip:15550100200@sip.nexmo.com', { auth: LOGIN }), 403);
    assert.is(await dialIn('sip:44@sip.nexmo.com', { auth: LOGIN }), 404);
    assert.is(taken.length, 1);
  }));

test.run();
