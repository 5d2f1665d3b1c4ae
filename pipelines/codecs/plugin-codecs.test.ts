import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PLUGIN_CODECS_FILE, pluginCodecs } from './plugin-codecs.ts';

test("the plugin's tests know the codecs as they are", () => {
  const hint = 'npx tsx pipelines/codecs/write-plugin-codecs.ts writes them anew';
  assert.is(readFileSync(PLUGIN_CODECS_FILE, 'utf8'), pluginCodecs(), hint);
});

test.run();
