// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { breaches, importsOf, keepsState, LAYERS, MODULE_STATE } from './layers';

const SRC = join(import.meta.dirname, '../src');

function page(): Map<string, string> {
  const files = readdirSync(SRC, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(SRC.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
    }),
  );
}

/** A small page that breaks no rule, with other files added or put in place of its own. */
function made(files: Readonly<Record<string, string>>): string[] {
  const good = {
    'app/main.ts': "import App from './App.svelte';",
    'app/App.svelte': "<script lang=\"ts\">\n  import { a } from '../core/a/one';\n</script>\n<p>{a}</p>",
    'core/a/one.ts': "import { two } from '../b/two.svelte';\nexport const a = two;",
    'core/b/two.svelte.ts': 'export const two = 2;',
  };
  return breaches(new Map(Object.entries({ ...good, ...files })));
}

describe('the folders of the page', () => {
  it('import only what is below them, without a cycle or an unused module', () => {
    expect(breaches(page())).toEqual([]);
  });

  it('are all read', () => {
    const folders = new Set([...page().keys()].map((path) => path.split('/')[0]));
    expect([...folders].sort()).toEqual(Object.keys(LAYERS).sort());
    expect(folders.size).toBeLessThanOrEqual(9);
  });
});

describe('state at module level', () => {
  it.each(['let n = 0;', 'export let n;', 'const n = $state(0);', 'export const one = new One();'])('is found: %s', (code) => {
    expect(keepsState(code)).toBe(true);
  });

  it.each(['const n = 0;', 'function f() { let n = 0; }', 'const cache = new WeakMap();', 'class A { n = $state(0); }'])('is not: %s', (code) => {
    expect(keepsState(code)).toBe(false);
  });

  it('is where the table says', () => {
    const sources = page();
    for (const path of Object.keys(MODULE_STATE)) expect([path, keepsState(sources.get(path) ?? '')]).toEqual([path, true]);
  });
});

describe('imports', () => {
  it('are found in every form', () => {
    const code = "import './a';\nimport type { B } from './b';\nexport * from './c';\ntype D = typeof import('./d');\nvoid import('./e');\nnew Worker(new URL('./f', import.meta.url));\n// import './not';\nconst text = \"import './not'\";";
    expect(importsOf('x.ts', code)).toEqual(['./a', './b', './c', './d', './e', './f']);
    const component = `<script module>import './m';</script>\n<script lang="ts">import type { A } from './a';</script>\n{#await import('./late.svelte') then x}{/await}`;
    expect(importsOf('x.svelte', component)).toEqual(['./m', './a', './late.svelte']);
  });
});

describe('a made-up page', () => {
  it('passes where it is good', () => {
    expect(made({})).toEqual([]);
    expect(made({ 'core/a/one.test.ts': "import { it } from 'vitest';\nimport { a } from './one';" })).toEqual([]);
  });

  it.each([
    ['an import upwards', { 'core/b/two.svelte.ts': "import '../../app/App.svelte';\nexport const two = 2;" }, 'core may not import app/App.svelte'],
    ['a type from above', { 'core/b/two.svelte.ts': "import type { A } from '../../app/App.svelte';\nexport const two = 2;" }, 'core may not import app/App.svelte'],
    ['a cycle between folders', { 'core/b/two.svelte.ts': "import '../a/one';\nexport const two = 2;" }, 'cycle core/a -> core/b -> core/a'],
    ['a file that is not there', { 'core/b/two.svelte.ts': "import './three';\nexport const two = 2;" }, 'there is no ./three'],
    ['a module that nothing imports', { 'core/b/three.ts': 'export const three = 3;' }, 'core/b/three.ts: nothing imports it'],
    ['a module that only a test imports', { 'core/b/three.ts': '', 'core/b/three.test.ts': "import './three';" }, 'core/b/three.ts: nothing imports it'],
    ['a folder without a layer', { 'lib/x.test.ts': '' }, 'lib is not in the table of layers'],
    ['a package that the layer may not import', { 'core/a/one.ts': "import 'plotly.js/lib/core';\nimport '../b/two.svelte';" }, 'core may not import plotly.js/lib/core'],
    ['state at module level', { 'core/b/two.svelte.ts': 'class Two {}\nexport const two = new Two();' }, 'core/b/two.svelte.ts: keeps state at module level'],
    ['state in a module script', { 'app/App.svelte': "<script module>let n = 0;</script>\n<script>import '../core/a/one';</script>" }, 'app/App.svelte: keeps state at module level'],
    ['a helper of tests in the page', { 'core/a/one.ts': "import '../b/two.svelte';\nimport './a.testing';", 'core/a/a.testing.ts': '' }, 'only tests may import core/a/a.testing.ts'],
  ])('is refused over %s', (_, files, line) => {
    expect(made(files).join('\n')).toContain(line);
  });
});
