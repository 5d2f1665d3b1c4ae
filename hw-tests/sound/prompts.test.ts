import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { convert } from '../rig/converted.ts';
import { hearsNothingOf } from '../rig/hearing.ts';
import { startPhone } from '../rig/phones.ts';
import { Rig } from '../rig/rig.ts';
import { dbov, Heard, powerAt, RATE, sine } from '../rig/tones.ts';
import { until } from '../rig/until.ts';
import { wavOf } from '../rig/wav.ts';

/** A pack of recordings: tones, so that nobody mistakes them for what is built in. One of them is no sound at all. */
const pack = mkdtempSync(path.join(os.tmpdir(), 'pack-'));
writeFileSync(path.join(pack, 'unmuted.wav'), wavOf(sine(1300, -16, 0, RATE)));
writeFileSync(path.join(pack, 'source'), wavOf(sine(900, -16, 0, RATE)));
convert(path.join(pack, 'source'), 'vorbisenc ! oggmux', path.join(pack, 'muted.ogg'));
writeFileSync(path.join(pack, 'muted-by-moderator.wav'), 'this is no sound');
test.after(() => rmSync(pack, { recursive: true, force: true }));

const rig = new Rig({
  needs: ['own', 'webhooks'],
  box: { config: { announcements: { packs: [{ locale: 'en', directory: pack }] } } },
});

const loudestOf = (samples: Int16Array, frequencyHz: number) =>
  Math.max(
    ...Array.from({ length: Math.floor(samples.length / 800) }, (_, i) =>
      dbov(powerAt(samples.subarray(800 * i, 800 * (i + 1)), frequencyHz)),
    ),
  );

rig.test(
  'recordings of a pack are said instead, Ogg and WAV; a broken one is told of, and the built-in is said',
  async () => {
    const { application } = rig.box;
    const session = await application.createSession();
    const { media, ...phone } = await startPhone(rig, { frequencyHz: 500 });
    const { connectionId, streamId } = await application.dial(
      session,
      `sip:phone@${phone.sip.host}:${phone.sip.port}`,
      {
        observeForceMute: true,
      },
    );
    await rig.webhook.state(connectionId, 'ACTIVE');
    await until('sound', () => media.received > 10);

    media.startRecording();
    media.press('*6');
    await until('the Ogg file', () => loudestOf(media.recorded(), 900) > -20, { limitMs: 8_000 });
    media.startRecording();
    media.press('*6');
    await until('the WAV file', () => loudestOf(media.recorded(), 1300) > -20, { limitMs: 8_000 });

    media.startRecording();
    await application.mute(session, streamId);
    const heard = () => media.recorded();
    await until('the built-in prompt', () => heard().length > RATE && new Heard(heard()).loudest() > -30, {
      limitMs: 8_000,
    });
    const log = rig.own.log();
    assert.match(log, /muted-by-moderator\.wav cannot be decoded/);
    assert.match(log, /a prompt cannot be played; the next best is taken/);
    hearsNothingOf(new Heard(media.recorded()), 500);
  },
);

rig.run();
