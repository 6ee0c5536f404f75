/** The rules for imports between the page's folders, as a function from sources to breaches. docs/page.md describes the folders. */
import { dirname, join } from 'node:path/posix';
import ts from 'typescript';

/** The first level of `src/`, top to bottom, with the packages each may import. A folder imports itself and what is below it. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  app: ['svelte', '@fontsource-variable/inter'],
  features: ['svelte'],
  panels: ['svelte'],
  views: ['svelte', 'plotly.js'],
  render: ['svelte', 'plotly.js'],
  ui: ['svelte', 'katex'],
  core: ['svelte', '@msgpack/msgpack', '@noble/hashes'],
};

/** Modules with a variable of their own, and why it is not part of `app/app-state.ts`. */
export const MODULE_STATE: Readonly<Record<string, string>> = {
  'ui/i18n/i18n.svelte.ts': 'the document has one language; `t` is called by plain functions, which no context reaches',
  'core/browser/first-drawing.ts': 'happens once in a document',
  'features/gallery/cards.ts': 'a document that is fetched once',
  'render/plot/plotly.ts': 'a library that is loaded once',
  'ui/math/typeset.ts': 'a library that is loaded once',
  'render/markers/critical-point-markers.ts': 'constants that are made when a browser first needs them',
  'render/markers/run-marks.svelte.ts': 'the document has one set of colours; markers are drawn by plain functions, which no context reaches',
  'render/markers/run-markers.ts': 'constants that are made when a browser first needs them',
};

/** index.html loads it. */
const ENTRY = 'app/main.ts';

const isTest = (path: string): boolean => path.endsWith('.test.ts');
const isTesting = (path: string): boolean => /\.testing\.(ts|svelte)$/.test(path);

/** Everything that a module imports, types and dynamic imports included. */
export function importsOf(path: string, source: string): string[] {
  const found: string[] = [];
  if (path.endsWith('.svelte')) {
    const scripts = [...source.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)];
    const markup = source.replaceAll(/<script\b[^>]*>[\s\S]*?<\/script>/g, '');
    for (const [, code = ''] of scripts) found.push(...importsOf('script.ts', code));
    for (const [, name = ''] of markup.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) found.push(name);
    return found;
  }
  const add = (node: ts.Node | undefined): void => {
    if (node && ts.isStringLiteralLike(node)) found.push(node.text);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0]);
    // new Worker(new URL('./worker.ts', import.meta.url))
    else if (ts.isNewExpression(node) && node.arguments?.[1]?.getText() === 'import.meta.url') add(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true));
  return found;
}

/** Whether a module keeps state: a `let`, a `$state`, or an exported object of a class, outside any function. */
export function keepsState(source: string): boolean {
  return ts.createSourceFile('module.ts', source, ts.ScriptTarget.Latest, true).statements.some((statement) => {
    if (!ts.isVariableStatement(statement)) return false;
    const { flags, declarations } = statement.declarationList;
    const exported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    return !(flags & ts.NodeFlags.Const) || declarations.some(({ initializer }) =>
      initializer && (/^\$state\b/.test(initializer.getText()) || (exported && ts.isNewExpression(initializer))),
    );
  });
}

/** sources: path below `src/`, with /, to text. Returns what breaks a rule, each as a line for the reader. */
export function breaches(sources: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const layers = Object.keys(LAYERS);
  const folders = new Map<string, Map<string, string>>(); // folder -> folder it imports -> one import that does
  const imported = new Set<string>();

  for (const [path, source] of sources) {
    const layer = path.split('/')[0] as string;
    if (!(layer in LAYERS)) found.push(`${path}: ${layer} is not in the table of layers`);
    if (!/\.(ts|svelte)$/.test(path)) continue;
    const module = path.endsWith('.ts') ? source : (/<script\b[^>]*\bmodule\b[^>]*>([\s\S]*?)<\/script>/.exec(source)?.[1] ?? '');
    if (!isTest(path) && !isTesting(path) && !(path in MODULE_STATE) && keepsState(module)) {
      found.push(`${path}: keeps state at module level; it belongs into app/app-state.ts`);
    }
    for (const name of importsOf(path, source)) {
      if (!name.startsWith('.')) {
        const allowed = isTest(path) || isTesting(path) ? /^(vitest$|node:)/.test(name) : false;
        if (!allowed && !LAYERS[layer]?.some((one) => name === one || name.startsWith(`${one}/`))) {
          found.push(`${path}: ${layer} may not import ${name}`);
        }
        continue;
      }
      const target = resolved(join(dirname(path), name), sources);
      if (!target) {
        found.push(`${path}: there is no ${name}`);
        continue;
      }
      if (!isTest(path) || isTesting(target)) imported.add(target);
      const below = target.split('/')[0] as string;
      if (layers.indexOf(below) < layers.indexOf(layer)) found.push(`${path}: ${layer} may not import ${target}`);
      if (!isTest(path) && isTesting(target) && !isTesting(path)) found.push(`${path}: only tests may import ${target}`);
      const [from, to] = [dirname(path), dirname(target)];
      if (from === to) continue;
      const links = folders.get(from) ?? new Map<string, string>();
      folders.set(from, links.set(to, links.get(to) ?? `${path} imports ${target}`));
    }
  }
  for (const path of sources.keys()) {
    const module = /\.(ts|svelte|css)$/.test(path) && !isTest(path) && path !== ENTRY;
    if (module && !imported.has(path)) found.push(`${path}: nothing imports it`);
  }
  return [...found, ...cycles(folders)];
}

function resolved(target: string, sources: ReadonlyMap<string, string>): string | null {
  return [target, `${target}.ts`, `${target}.svelte.ts`].find((path) => sources.has(path)) ?? null;
}

/** One line for each cycle that a walk along the folders' imports closes. */
function cycles(folders: ReadonlyMap<string, ReadonlyMap<string, string>>): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const walk = (folder: string, way: readonly string[]): void => {
    const start = way.indexOf(folder);
    if (start >= 0) {
      const round = [...way.slice(start), folder];
      const links = round.slice(1).map((to, n) => folders.get(round[n] as string)?.get(to));
      found.push(`cycle ${round.join(' -> ')}: ${links.join('; ')}`);
    } else if (!finished.has(folder)) {
      for (const to of folders.get(folder)?.keys() ?? []) walk(to, [...way, folder]);
      finished.add(folder);
    }
  };
  for (const folder of folders.keys()) walk(folder, []);
  return found;
}
