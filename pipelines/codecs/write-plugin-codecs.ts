import { writeFileSync } from 'node:fs';
import { PLUGIN_CODECS_FILE, pluginCodecs } from './plugin-codecs.ts';

writeFileSync(PLUGIN_CODECS_FILE, pluginCodecs());
