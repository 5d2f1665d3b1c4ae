/**
 * Where a thread's program is, next to the module at `base` (its import.meta.url).
 *
 * Compiled, that is a plain .js file. Run from source through tsx, a worker thread inherits the flags but not the hooks
 * that make .ts loadable (since Node 20.6, https://github.com/privatenumber/tsx/issues/354), so it registers them first.
 */
export function threadProgram(name: string, base: string): URL {
  if (!base.endsWith('.ts')) return new URL(`./${name}.js`, base);
  const api = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const program = JSON.stringify(new URL(`./${name}.ts`, base).href);
  const source = `import { register } from ${api}; register(); await import(${program});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
