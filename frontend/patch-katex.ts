import type { Plugin } from 'vite';

/** The statement with which KaTeX sets attributes; it occurs once for each kind of element. */
const ATTRIBUTE = /node\.setAttribute\(attr, this\.attributes\[attr\]\);/g;
const STYLED = "if (attr === 'style') node.style.cssText = this.attributes[attr]; else node.setAttribute(attr, this.attributes[attr]);";

/**
 * Patches KaTeX as it is bundled. The page's Content-Security-Policy refuses style attributes, which tall brackets have, but
 * allows the same text through the style object. KaTeX's style sheet names each font in three formats; only WOFF2 stays, which
 * every supported browser reads. The build fails if KaTeX's text differs from what is expected here.
 */
export function patchKatex(): Plugin {
  return {
    name: 'patch-katex',
    enforce: 'pre',
    transform(code, id) {
      if (/\/katex\.mjs(\?|$)/.test(id)) {
        if (code.match(ATTRIBUTE)?.length !== 4) throw new Error('KaTeX sets attributes differently now; see patch-katex.ts');
        return { code: code.replace(ATTRIBUTE, STYLED), map: null };
      }
      if (!/\/katex(\.min)?\.css$/.test(id)) return null;
      const smaller = code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, '');
      if (smaller === code || /\.(woff|ttf)\)/.test(smaller)) throw new Error('KaTeX names its fonts differently now; see patch-katex.ts');
      return { code: smaller, map: null };
    },
  };
}
