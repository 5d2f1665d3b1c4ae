import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { twimlReference } from './api/twilio/twiml/reference.ts';
import { nccoReference } from './api/voice/ncco/reference.ts';
import { type GeneratedPart, withPart } from './base/generated-part.ts';
import { configurationReference } from './config/reference.ts';
import { metricsReference } from './monitoring/metrics/reference.ts';

/** Documents with a part that is generated, and the program that writes it anew with `--write FILE`. */
const documents: [file: string, program: string, part: GeneratedPart][] = [
  ['README.md', 'firmware/config/reference.ts', configurationReference],
  ['docs/metrics.md', 'firmware/monitoring/metrics/reference.ts', metricsReference],
  ['docs/ncco.md', 'firmware/api/voice/ncco/reference.ts', nccoReference],
  ['docs/twiml.md', 'firmware/api/twilio/twiml/reference.ts', twimlReference],
];

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

for (const [file, program, part] of documents)
  test(`${file} says what the code says`, () => {
    const text = read(file);
    const fresh = withPart(text, part);
    assert.is.not(fresh, null, `${file} has markers`);
    assert.ok(fresh === text, `${file} is out of date: npx tsx ${program} --write ${file}`);
  });

for (const file of ['docs/metrics.md', 'docs/grafana-crosspoint.json'])
  test(`${file} asks for metrics that there are`, () => {
    const known = metricsReference.render();
    const asked = read(file).match(/crosspoint_[a-z0-9_]+/g) ?? [];
    assert.ok(asked.length > 10);
    for (const name of new Set(asked)) {
      if (name.endsWith('_')) continue; // a prefix, in a sentence
      const family = name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(known.includes(`\`${name}\``) || known.includes(`\`${family}\` | histogram`), name);
    }
  });

test.run();
