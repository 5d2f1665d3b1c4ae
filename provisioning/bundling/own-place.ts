import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Lets `import.meta.url` of a module say where the module lies by itself, though it is in a bundle: what it looks for is
 * named relative to that.
 *
 * @param placeOf a JavaScript expression, by the absolute path of the source file
 */
export const ownPlace = (placeOf: (source: string) => string): Plugin => ({
  name: 'own-place',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path: source }) => {
      const text = await readFile(source, 'utf8');
      return { contents: text.replaceAll(/import\.meta\.url/g, () => placeOf(source)), loader: 'ts' };
    }),
});
