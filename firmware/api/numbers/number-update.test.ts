import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CrosspointError } from '../../base/errors.ts';
import type { ProjectId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import { ManualClock } from '../../base/manual-clock.ts';
import type { Project } from '../../config/projects.ts';
import { isNumberForward, type NumberForward, NumberForwards } from '../../trunks/own-numbers/number-forwards.ts';
import { createServer } from '../server.ts';
import { numberRoutes } from './routes.ts';

const VOICE = '78d335fa-323d-0114-9c3d-d6f0d48968cf' as ProjectId;
const VIDEO = '46000001' as ProjectId;
const PATH = '/number/update';

async function withApi(
  run: (api: {
    forwards: NumberForwards;
    restarted(): Promise<NumberForwards>;
    update(
      fields: Record<string, string>,
      credential?: 'query' | 'form' | 'basic' | 'wrong',
    ): Promise<[number, string]>;
  }) => Promise<void>,
): Promise<void> {
  const stored = new Map<string, NumberForward>();
  const store = {
    save: async (forward: NumberForward) => void stored.set(forward.id, forward),
    delete: async (id: string) => void stored.delete(id),
    all: async () => [...stored.values()].filter(isNumberForward),
  };
  const restarted = async () => {
    const made = new NumberForwards({ store, clock: new ManualClock() });
    await made.start();
    return made;
  };
  const forwards = await restarted();
  const account = { apiKey: 'abcd1234', apiSecret: 'voice:secret' };
  const numbers = [{ msisdn: '442071234567' }];
  const projects = new Map<ProjectId, Project>([
    [VOICE, { kind: 'vonage', id: VOICE, account, numbers, siblings: [VIDEO] } as unknown as Project],
    [VIDEO, { kind: 'opentok', id: VIDEO, siblings: [VOICE] } as unknown as Project],
  ]);
  const app = createServer(silentLog, { https: null, plain: 'always' });
  app.register(
    numberRoutes({
      projects,
      forwards,
      numberRoutes: () => [
        { number: '+15550100200', project: VIDEO, to: { room: 'a' } },
        { number: '+15550100201', to: { room: 'b' } },
      ],
      numberTarget: (_, number) => {
        if (number === '') throw new CrosspointError('call.bad-uri', 'no number');
        return `trunk:carrier/${number}`;
      },
      log: silentLog,
    }),
  );
  const login = 'api_key=abcd1234&api_secret=voice%3Asecret';
  try {
    await run({
      forwards,
      restarted,
      update: async (fields, credential = 'query') => {
        const form = new URLSearchParams({ country: 'GB', msisdn: '442071234567', ...fields }).toString();
        const answer = await app.inject({
          method: 'POST',
          url: credential === 'query' ? `${PATH}?${login}` : PATH,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            ...(credential === 'basic' && {
              authorization: `Basic ${Buffer.from('abcd1234:voice:secret').toString('base64')}`,
            }),
          },
          payload: `${form}${credential === 'form' ? `&${login}` : credential === 'wrong' ? '&api_key=abcd1234&api_secret=x' : ''}`,
        });
        const body = answer.json();
        assert.is(body['error-code'], String(answer.statusCode));
        return [answer.statusCode, body['error-code-label']];
      },
    });
  } finally {
    await app.close();
  }
}

test('a number is led to a list of SIP addresses, over restarts, and back to its application', () =>
  withApi(async ({ update, forwards, restarted }) => {
    const sip = {
      voiceCallbackType: 'sip',
      voiceCallbackValue: 'sip:1@a.com;timeout=2000,sip:2@b.com:5062;transport=tls',
    };
    assert.equal(await update({ ...sip, moHttpUrl: 'https://example.com/mo' }), [200, 'success']);
    const targets = ['sip:1@a.com;timeout=2000', 'sip:2@b.com:5062;transport=tls'];
    assert.equal(forwards.find('442071234567')?.to.forward, targets);
    const again = await restarted();
    assert.equal([again.find('442071234567')?.to.forward, again.find('442071234567')?.project], [targets, VOICE]);
    assert.equal(await update({ voiceCallbackType: 'tel', voiceCallbackValue: '447700900000' }, 'form'), [
      200,
      'success',
    ]);
    assert.equal(forwards.find('442071234567')?.to.forward, ['trunk:carrier/447700900000']);
    assert.equal(await update({ voiceCallbackType: 'app', voiceCallbackValue: VOICE }, 'basic'), [200, 'success']);
    assert.is(forwards.find('442071234567'), null);
    assert.is((await restarted()).find('442071234567'), null);
    assert.equal(await update({ ...sip, msisdn: '+15550100200' }), [200, 'success']);
  }));

test('what cannot be is refused with the reason, and changes nothing', () =>
  withApi(async ({ update, forwards }) => {
    const sip = { voiceCallbackType: 'SIP', voiceCallbackValue: 'sip:1@a.com' };
    assert.equal(await update(sip, 'wrong'), [401, 'authentication failed']);
    for (const [fields, reason] of [
      [{ ...sip, msisdn: '15550100201' }, /no number of this account/],
      [{ ...sip, msisdn: '493012345678' }, /no number of this account/],
      [{ ...sip, msisdn: 'x' }, /must be a number/],
      [{ ...sip, country: 'Britain' }, /two letters/],
      [{ ...sip, voiceCallbackValue: '' }, /1 to 16 SIP addresses/],
      [{ ...sip, voiceCallbackValue: 'sip:1@a.com;timeout=1' }, /timeout= must be/],
      [{ ...sip, voiceCallbackValue: 'sip:a\r\nb' }, /voiceCallbackValue/],
      [{ voiceCallbackType: 'vxml', voiceCallbackValue: 'http://a' }, /sip, tel or app/],
      [{ voiceCallbackType: 'app', voiceCallbackValue: VIDEO }, /to which the configuration gives/],
      [{ voiceCallbackType: 'tel', voiceCallbackValue: '' }, /no number/],
    ] as const) {
      const [status, label] = await update(fields);
      assert.is(status, 420, label);
      assert.match(label, reason);
    }
    assert.is(forwards.find('442071234567'), null);
  }));

test.run();
