import type { Plugin } from 'vite';

/**
 * KaTeX's style sheet names each font in three formats. Every browser that can run the page reads the first, WOFF2: the
 * other two would only make the package larger. A style sheet that is written otherwise fails the build.
 */
export function katexFonts(): Plugin {
  return {
    name: 'katex-fonts',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/katex(\.min)?\.css$/.test(id)) return null;
      const lean = code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, '');
      if (lean === code || /\.(woff|ttf)\)/.test(lean)) throw new Error('KaTeX names its fonts otherwise; see katex-fonts.ts');
      return { code: lean, map: null };
    },
  };
}
