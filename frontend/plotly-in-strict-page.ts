import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/**
 * What Plotly 4 does that a page under `style-src 'self'` and without console messages cannot have, changed as it is
 * bundled; what can be done as the page loads is in src/render/plot/plotly-setup.ts. Each change names the text it expects,
 * so that a Plotly that is written otherwise fails the build.
 */
const CHANGES = [
  {
    // A style attribute is refused by the policy, the same text through the style object is not.
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
    // The text of the 3-D axes is read back from a canvas many times; Chromium warns unless told beforehand.
    file: '/plotly.js/stackgl_modules/index.js',
    from: /defaultCanvas\.getContext\("2d"\)/,
    to: 'defaultCanvas.getContext("2d", { willReadFrequently: true })',
  },
  {
    // Hovering over the 3-D surface would draw it a second time after each turn and read that back from the graphics
    // card: slow, and Chromium warns of it. The page names values on the map instead.
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

export function plotlyInStrictPage(): Plugin {
  return {
    name: 'plotly-in-strict-page',
    apply: 'build',
    enforce: 'pre',
    config: () => ({
      resolve: {
        // 83 kB of styles for a kind of map that the page does not have.
        alias: { 'maplibre-gl/dist/maplibre-gl.css': fileURLToPath(new URL('./empty.css', import.meta.url)) },
      },
    }),
    transform(code, id) {
      let changed = code;
      for (const { file, from, to } of CHANGES) {
        if (!id.endsWith(file)) continue;
        const before = changed;
        changed = changed.replace(from, to);
        if (changed === before) this.error(`${file} no longer has ${from.source}: see plotly-in-strict-page.ts`);
      }
      return changed === code ? null : { code: changed, map: null };
    },
  };
}
