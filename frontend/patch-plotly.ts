import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/**
 * Patches Plotly 4 as it is bundled, where it breaks `style-src 'self'` or writes console messages. Changes that can wait until
 * the page loads are in src/render/plot/plotly-setup.ts. Each change names the text it expects; the build fails if Plotly's text
 * differs.
 */
const CHANGES = [
  {
    // The policy refuses a style attribute, but allows the same text through the style object.
    file: '/@plotly/d3/d3.js',
    from: /function attrConstant\(\) \{\s*this\.setAttribute\(name, value\);/,
    to: "function attrConstant() { if (name === 'style') this.style.cssText = value; else this.setAttribute(name, value);",
  },
  {
    file: '/@plotly/d3/d3.js',
    from: /if \(x == null\) this\.removeAttribute\(name\); else this\.setAttribute\(name, x\);/,
    to: "if (x == null) this.removeAttribute(name); else if (name === 'style') this.style.cssText = x; else this.setAttribute(name, x);",
  },
  {
    // The text of the 3-D axes is read back from a canvas many times; without this option Chromium warns.
    file: '/plotly.js/stackgl_modules/index.js',
    from: /defaultCanvas\.getContext\("2d"\)/,
    to: 'defaultCanvas.getContext("2d", { willReadFrequently: true })',
  },
  {
    // Hovering over the 3-D surface draws it a second time after each turn and reads it back from the graphics card.
    // That is slow, and Chromium warns about it. The page shows values on the map instead.
    file: '/plotly.js/stackgl_modules/index.js',
    from: /pickDirty = false\s*renderPick\(\)/,
    to: 'pickDirty = false',
  },
  {
    file: '/plotly.js/stackgl_modules/index.js',
    from: /proto\.query = function\(x, y, radius\) \{/,
    to: 'proto.query = function(x, y, radius) {\n  return null',
  },
];

export function patchPlotly(): Plugin {
  return {
    name: 'patch-plotly',
    apply: 'build',
    enforce: 'pre',
    config: () => ({
      resolve: {
        // 83 kB of styles for a kind of map that the page does not use.
        alias: { 'maplibre-gl/dist/maplibre-gl.css': fileURLToPath(new URL('./empty.css', import.meta.url)) },
      },
    }),
    transform(code, id) {
      let changed = code;
      for (const { file, from, to } of CHANGES) {
        if (!id.endsWith(file)) continue;
        const before = changed;
        changed = changed.replace(from, to);
        if (changed === before) this.error(`${file} no longer has ${from.source}: see patch-plotly.ts`);
      }
      return changed === code ? null : { code: changed, map: null };
    },
  };
}
