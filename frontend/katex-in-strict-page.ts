import type { Plugin } from 'vite';

/** KaTeX's writing of attributes, of each kind of element that it makes. */
const ATTRIBUTE = /node\.setAttribute\(attr, this\.attributes\[attr\]\);/g;
const STYLED = "if (attr === 'style') node.style.cssText = this.attributes[attr]; else node.setAttribute(attr, this.attributes[attr]);";

/**
 * KaTeX changed as it is bundled. A style attribute, which tall brackets have, is refused by the page's policy; the same
 * text through the style object is not. And its style sheet names each font in three formats: every browser that can run
 * the page reads the first, WOFF2, and the other two would only make the package larger. A KaTeX that is written otherwise
 * fails the build.
 */
export function katexInStrictPage(): Plugin {
  return {
    name: 'katex-in-strict-page',
    enforce: 'pre',
    transform(code, id) {
      if (/\/katex\.mjs(\?|$)/.test(id)) {
        if (code.match(ATTRIBUTE)?.length !== 4) throw new Error('KaTeX writes attributes otherwise; see katex-in-strict-page.ts');
        return { code: code.replace(ATTRIBUTE, STYLED), map: null };
      }
      if (!/\/katex(\.min)?\.css$/.test(id)) return null;
      const lean = code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, '');
      if (lean === code || /\.(woff|ttf)\)/.test(lean)) throw new Error('KaTeX names its fonts otherwise; see katex-in-strict-page.ts');
      return { code: lean, map: null };
    },
  };
}
