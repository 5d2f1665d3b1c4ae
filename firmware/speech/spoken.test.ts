import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../base/clock.ts';
import type { ProjectId } from '../base/ids.ts';
import { Espeak } from './espeak.ts';
import { nearestLanguage } from './language.ts';
import type { SpeechEngine } from './provider.ts';
import { Spoken, type SpokenOptions } from './spoken.ts';
import { spokenText } from './spoken-text.ts';

interface Scene {
  directory: string;
  espeak: Espeak;
  logged: Record<string, unknown>[];
}

const test = suite<Scene>('speech');
test.before.each(scene => {
  scene.directory = mkdtempSync(path.join(tmpdir(), 'speech-'));
  scene.espeak = new Espeak({ clock: systemClock });
  scene.logged = [];
});
test.after.each(({ directory, espeak }) => {
  espeak.close();
  rmSync(directory, { recursive: true, force: true });
});

async function started({ directory, espeak, logged }: Scene, over: Partial<SpokenOptions> = {}): Promise<Spoken> {
  const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const spoken = new Spoken({ provider: espeak, directory, maxBytes: 10_000_000, language: 'en-GB', log, ...over });
  await spoken.start();
  return spoken;
}

const usual = { language: null, voice: null };
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was spoken',
    error => error.code,
  );
/** Of a WAV file of espeak-ng's. */
const secondsOf = (file: Buffer) => (file.length - 44) / file.readUInt32LE(28);

test('ten words are a few seconds of 16-bit sound, for the service alone', async scene => {
  const spoken = await started(scene);
  const { directory, file, kind } = await spoken.speak('please enter the four digits of your personal code now', usual);
  const wav = readFileSync(path.join(directory, file));
  assert.equal(
    [kind, wav.toString('latin1', 0, 4), wav.readUInt16LE(22), wav.readUInt16LE(34)],
    ['file', 'RIFF', 1, 16],
  );
  assert.ok(secondsOf(wav) > 2 && secondsOf(wav) < 6, `${secondsOf(wav)} s`);
  assert.equal(scene.logged, []);
});

test('what was spoken is kept, over a restart, too, and several who want it at once have it spoken once', async scene => {
  let times = 0;
  const counted = (espeak: Espeak) => ({
    close: () => espeak.close(),
    probe: async (): Promise<SpeechEngine> => {
      const engine = await espeak.probe();
      const speak = (...words: Parameters<SpeechEngine['speak']>) => {
        times += 1;
        return engine.speak(...words);
      };
      return { ...engine, speak };
    },
  });
  const provider = counted(scene.espeak);
  const spoken = await started(scene, { provider });
  const [first, ...others] = await Promise.all(
    ['good day', 'good day', ' good\n day '].map(text => spoken.speak(text, usual)),
  );
  assert.ok(others.every(({ file }) => file === first?.file));
  assert.equal(await (await started(scene, { provider })).speak('good day', usual), first);
  assert.is(times, 1);
  const files = new Set<string>();
  for (const how of [
    { language: 'en-US', voice: null },
    { language: 'en-GB', voice: 'woman' },
    { language: 'de-AT', voice: null },
  ]) {
    const { file } = await spoken.speak('good day', how);
    files.add(readFileSync(path.join(scene.directory, file)).toString('latin1'));
  }
  assert.is(files.size, 3);
  assert.is(times, 4);
});

test('a text can neither be an option, nor a command, nor a file', async scene => {
  const spoken = await started(scene);
  const long = async (text: string) => {
    const { directory, file } = await spoken.speak(text, usual);
    return secondsOf(readFileSync(path.join(directory, file)));
  };
  assert.ok((await long('--voices')) > 0.3);
  assert.ok((await long('$(touch /tmp/x); -w /etc/passwd')) > 0.5);
  assert.equal(
    readdirSync(scene.directory).filter(name => !name.endsWith('.wav')),
    [],
  );
  assert.is(spokenText(' a\u0000b\u0007\n\u200bc [[[h@]]'), 'a b c [h@]]');
  assert.is(spokenText('<speak>One <break time="1s"/>&amp; <!-- no -->two&#33;</speak>'), 'One & two!');
  assert.is(spokenText('1 < 2 &amp; so'), '1 < 2 &amp; so');
});

test('every language of the two vendors is spoken, and one that is not by the usual one, which is told once', async scene => {
  const { languages } = await scene.espeak.probe();
  for (const [tag, named] of [
    ['en-GB', 'gmw/en'],
    ['en-AU', 'gmw/en'],
    ['en-US', 'gmw/en-US'],
    ['en', 'gmw/en'],
    ['en_ie', 'gmw/en'],
    ['es-MX', 'roa/es-419'],
    ['es-ES', 'roa/es'],
    ['fr-CA', 'roa/fr'],
    ['pt-BR', 'roa/pt-BR'],
    ['pt-PT', 'roa/pt'],
    ['nb-NO', 'gmq/nb'],
    ['no', 'gmq/nb'],
    ['zh-CN', 'sit/cmn'],
    ['cmn-CN', 'sit/cmn'],
    ['zh-HK', 'sit/yue'],
    ['yue-CN', 'sit/yue'],
  ])
    assert.is(languages.get(nearestLanguage(tag ?? '', languages) ?? ''), named, tag);
  const spokenOnes =
    'ar ca-ES cs-CZ cy-GB da-DK de-DE el-GR eu-ES fi-FI he-IL hi-IN hu-HU id-ID is-IS it-IT ja-JP ko-KR nl-NL pl-PL ro-RO ru-RU sk-SK sv-SE ta-IN th-TH tr-TR uk-UA vi-VN';
  for (const tag of spokenOnes.split(' ')) assert.ok(nearestLanguage(tag, languages), tag);
  const spoken = await started(scene);
  const inEnglish = await spoken.speak('good day', usual);
  for (let i = 0; i < 2; i++)
    assert.equal(await spoken.speak('good day', { language: 'tlh-KL', voice: 'Polly.Joanna' }), inEnglish);
  assert.equal(
    scene.logged.map(({ language, instead }) => [language, instead]),
    [['tlh-KL', 'en-GB']],
  );
});

test('without an engine the service starts, and who wants to speak is told what helps', async scene => {
  const provider = new Espeak({ clock: systemClock, program: 'no-such-program' });
  const spoken = await started(scene, { provider });
  assert.match(String(scene.logged[0]?.problem), /install the Debian package espeak-ng/);
  assert.is(await failure(spoken.speak('good day', usual)), 'script.speech-unavailable');
});

test('what is too long, has no words, or takes too long is refused, and leaves nothing behind', async scene => {
  const spoken = await started(scene, { maxCharacters: 20 });
  assert.is(await failure(spoken.speak('x'.repeat(21), usual)), 'script.speech-too-long');
  assert.is(await failure(spoken.speak('x'.repeat(10_000_000), usual)), 'script.speech-too-long');
  assert.is(await failure(spoken.speak(' \u0000 ', usual)), 'script.speech-empty');
  const nowhere = await started(scene, { directory: path.join(scene.directory, 'gone') });
  rmSync(path.join(scene.directory, 'gone'), { recursive: true });
  assert.is(await failure(nowhere.speak('good day', usual)), 'script.speech-failed');
  const { languages } = await scene.espeak.probe();
  const slow = new Espeak({
    clock: systemClock,
    program: fileURLToPath(new URL('slow-speaker.fixture.sh', import.meta.url)),
    timeoutMs: 150,
  });
  const engine = { ...(await slow.probe()), languages };
  const provider = { probe: async () => engine, close: () => slow.close() };
  const late = await started(scene, { provider, language: 'en' });
  assert.is(await failure(late.speak('good day', usual)), 'script.speech-failed');
  const cut = failure(late.speak('good night', usual));
  await new Promise(setImmediate);
  late.close();
  assert.is(await cut, 'script.speech-failed');
  assert.equal(readdirSync(scene.directory), []);
});

test('a project that wants much delays no other, and beyond what may wait it is told that it is busy', async scene => {
  const engine = await scene.espeak.probe();
  const begun: string[] = [];
  const finish: (() => void)[] = [];
  const speak = async (text: string, _voice: string, file: string) => {
    begun.push(text);
    await new Promise<void>(resolve => finish.push(resolve));
    writeFileSync(file, text);
  };
  const provider = { close: () => {}, probe: async () => ({ ...engine, speak }) };
  const spoken = await started(scene, { provider, atOnce: 1 });
  const [greedy, modest] = ['greedy' as ProjectId, 'modest' as ProjectId];
  const all = Array.from({ length: 258 }, (_, n) => failure(spoken.speak(`greedy ${n}`, usual, greedy)));
  assert.is(await Promise.race(all), 'script.speech-busy');
  const others = ['modest 0', 'modest 1'].map(text => spoken.speak(text, usual, modest));
  let spokenOnes = 0;
  const goOn = async (until: Promise<unknown>) => {
    let over = false;
    void until.then(() => {
      over = true;
    });
    while (!over) {
      for (; spokenOnes < finish.length; spokenOnes++) finish[spokenOnes]?.();
      await new Promise(setImmediate);
    }
  };
  await goOn(Promise.all(others));
  assert.ok(begun.indexOf('modest 1') <= 5, begun.slice(0, 10).join());
  await goOn(Promise.all(all));
  assert.is((await Promise.all(all)).filter(code => code === 'script.speech-busy').length, 1);
});

test.run();
