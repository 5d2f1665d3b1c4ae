import { type CallResult, Voice } from '@vonage/voice';
import twilio from 'twilio';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applicationAuth } from '../../firmware/api/testing/vonage-sdk.ts';
import { ApplicationKeys } from '../rig/application-keys.ts';
import { ApplicationServer, type Told } from '../rig/application-server.ts';
import { freePort } from '../rig/free-ports.ts';
import { type Phone, startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { Sipp } from '../rig/sipp.ts';
import { dbov, powerAt, RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { channelOf, wavOf } from '../rig/wav.ts';

export const [NCCO_NUMBER, TWIML_NUMBER, ELSEWHERE] = ['442071234567', '442071234568', '447700900123'] as const;
const applicationId = '78d335fa-323d-4114-9c3d-d6f0d48968cf';
const accountSid = `AC${'0123456789abcdef'.repeat(2)}`;
const authToken = 'token-of-the-test-0123456789';
const SPEECH_DBOV = -45;

type Ncco = readonly Record<string, unknown>[];
type Dialect = 'NCCO' | 'TwiML';

/** A call that a script leads, while it is watched. */
export interface Scene {
  readonly dialect: Dialect;
  readonly phone: Phone;
  /** As the dialect's vendor names it. */
  readonly call: string;
  /** What was told at a path since the scene began. */
  readonly told: (path: string) => Told['fields'][];
}

/** What a script can do: how it is said in each dialect, and what is seen of it. */
export interface Row {
  readonly does: string;
  /** null: the dialect has no such action; its reason stands beside it. `sip:CALLEE` is the callee's address. */
  readonly NCCO: Ncco | null;
  readonly TwiML: string | null;
  /** Who is to be there where the trunk leads. */
  readonly needs?: 'a carrier' | 'a carrier that is busy';
  /** What the application answers, by path. */
  readonly answers?: Readonly<Record<string, { readonly NCCO?: Ncco; readonly TwiML?: string }>>;
  /** More of the request for the call. */
  readonly request?: { readonly NCCO?: object; readonly TwiML?: object };
  readonly shows: (scene: Scene) => Promise<void>;
}

/** A box with one tenant that speaks both dialects, its application, and the vendors' SDKs. */
export async function openStage() {
  const keys = new ApplicationKeys();
  const app = await new ApplicationServer().open();
  const carrier = await freePort();
  const vonage = {
    applicationId,
    publicKeyFile: keys.publicKeyFile,
    numbers: [
      {
        msisdn: NCCO_NUMBER,
        answerUrl: app.url('/ncco'),
        eventUrl: app.url('/events'),
        fallbackUrl: app.url('/ncco-fallback'),
      },
    ],
  };
  const number = { msisdn: TWIML_NUMBER, voiceUrl: app.url('/twiml'), statusCallback: app.url('/events') };
  const trunk = { name: 'carrier', sources: ['127.0.0.1'], targets: [`sip:127.0.0.1:${carrier}`], optionsSeconds: 0 };
  const rig = new Rig({
    needs: ['own'],
    box: {
      moreProjects: [{ vonage, twilio: { accountSid, authToken, numbers: [number] } }],
      config: { trunks: [trunk] },
    },
  });
  test.after(async () => {
    await app.close();
    keys.close();
  });
  app.answers.set('/tone.wav', wavOf(sine(900, -16, 0, 6 * RATE)));

  const voice = () => new Voice({ applicationId, privateKey: keys.privateKey }, { apiHost: rig.box.facts.http });
  const client = () => {
    const sdk = twilio(accountSid, authToken);
    sdk.api.baseUrl = rig.box.facts.http;
    return sdk;
  };

  const place = {
    async NCCO(phone: Phone, ncco: Ncco, more: object = {}): Promise<string> {
      const request = { to: [{ type: 'sip', uri: phone.uri }], from: { type: 'phone', number: NCCO_NUMBER }, ncco };
      return ((await voice().createOutboundCall({ ...request, ...more } as never)) as CallResult).uuid;
    },
    async TwiML(phone: Phone, twiml: string, more: object = {}): Promise<string> {
      const request = { to: phone.uri, from: TWIML_NUMBER, twiml: `<Response>${twiml}</Response>` };
      return (await client().calls.create({ ...request, statusCallback: app.url('/events'), ...more })).sid;
    },
  };
  const hangUp = {
    NCCO: (uuid: string) => voice().hangupCall(uuid),
    TwiML: (sid: string) => client().calls(sid).update({ status: 'completed' }),
  };

  const pathsTold = () => app.told.map(({ path }) => path);
  const first = (scene: Scene, path: string, limitMs = 15_000) =>
    until(`${path} to be told`, () => scene.told(path)[0], { limitMs, state: pathsTold });
  const ended = (scene: Scene, status: string) =>
    until(
      `the end to be told as ${status}`,
      () => scene.told('/events').find(fields => (fields.status ?? fields.CallStatus) === status),
      { limitMs: 15_000, state: pathsTold },
    );

  /** A file of a recording, fetched with the credential of whose it is. */
  const fileOf = async (dialect: Dialect, url: unknown): Promise<Buffer> => {
    const login = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    const headers =
      dialect === 'TwiML' ? { authorization: login } : applicationAuth({ project: { id: applicationId }, keys });
    const answer = await fetch(String(url), { headers });
    assert.is(answer.status, 200, String(url));
    return Buffer.from(await answer.arrayBuffer());
  };

  /** The phone that the script of the scene calls. */
  let callee: Phone | null = null;
  async function startCallee({ needs }: Row, script: string): Promise<Phone | null> {
    if (needs === 'a carrier that is busy') {
      rig.keep(await Sipp.start({ scenario: 'reject', port: carrier, keys: { status: 486, phrase: 'Busy Here' } }));
      return null;
    }
    if (needs === 'a carrier') return startPhone(rig, { frequencyHz: 700, port: carrier });
    return script.includes('CALLEE') ? startPhone(rig, { frequencyHz: 700 }) : null;
  }

  async function perform(row: Row, dialect: Dialect): Promise<void> {
    const script = JSON.stringify(row[dialect]);
    const before = app.told.length;
    const phone = await startPhone(rig, { frequencyHz: 500 });
    callee = await startCallee(row, script);
    for (const [path, { [dialect]: answer }] of Object.entries(row.answers ?? {})) {
      if (answer === undefined) app.answers.delete(path);
      else app.answers.set(path, answer);
    }
    const filled = JSON.parse(script.replaceAll('sip:CALLEE', callee?.uri ?? ''));
    const call = await place[dialect](phone, filled as never, row.request?.[dialect]);
    const told = (path: string) => app.told.slice(before).flatMap(each => (each.path === path ? [each.fields] : []));
    await row.shows({ dialect, phone, call, told });
  }

  /** A test for each row in each dialect that has it. */
  const testEach = (rows: readonly Row[]) => {
    for (const row of rows)
      for (const dialect of ['NCCO', 'TwiML'] as const)
        if (row[dialect] !== null) rig.test(`${dialect}: ${row.does}`, () => perform(row, dialect));
  };

  return {
    rig,
    app,
    voice,
    client,
    place,
    hangUp,
    first,
    ended,
    fileOf,
    calleeOf: () => until('the callee', () => callee),
    /** The tone of `hearsTone`, as an answer. */
    tone: { NCCO: [{ action: 'stream', streamUrl: [app.url('/tone.wav')] }], TwiML: '<Play>/tone.wav</Play>' },
    testEach,
  };
}

const level = async (phone: Phone, frequencyHz: number) => (await phone.media.listen(1)).atLeast(frequencyHz);

export const hearsTone = (phone: Phone, frequencyHz = 900) =>
  until(`${frequencyHz} Hz`, async () => (await level(phone, frequencyHz)) > -30, { limitMs: 15_000 });

export const hearsSpeech = (phone: Phone) =>
  until('speech', async () => (await phone.media.listen(1)).loudest() > SPEECH_DBOV, { limitMs: 10_000 });

/** The level of a tone in the second half of a channel, in dBov. */
export function levelIn(file: Buffer, channel: number, frequencyHz: number): number {
  const samples = channelOf(file, channel);
  return dbov(powerAt(samples.subarray(samples.length >> 1), frequencyHz, file.readUInt32LE(24)));
}
