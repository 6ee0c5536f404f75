/** LaTeX to what is read, for eyes as HTML and for screen readers as MathML. */
import { afterFirstDrawing } from '../../core/browser/first-drawing';
import type { render } from './katex';

let loading: Promise<typeof render> | null = null;

function loaded(): Promise<typeof render> {
  loading ??= afterFirstDrawing().then(() => import('./katex')).then(
    (katex) => katex.render,
    (reason: unknown) => {
      loading = null; // the server may have gone for a moment: the next line asks again
      throw reason;
    },
  );
  return loading;
}

/**
 * Typesets into an element once KaTeX is there; what is asked later for the same element wins. Rejects where KaTeX cannot
 * be loaded. LaTeX that it does not know stands there in red.
 */
export async function typeset(tex: string, element: HTMLElement): Promise<void> {
  element.dataset['tex'] = tex;
  const render = await loaded();
  if (element.dataset['tex'] !== tex) return;
  // As elements, not as text: the page's policy refuses style attributes in text, and KaTeX needs some.
  render(unbroken(tex), element, { output: 'htmlAndMathml', throwOnError: false });
  // The source, which KaTeX hides in the MathML, would be read aloud by some screen readers.
  element.querySelector('annotation')?.remove();
}

/** Vectors and powers of ten in braces: a line is broken between them, never inside. */
function unbroken(tex: string): string {
  return tex.replace(/(?<!\\left)\([^()]*,\\ [^()]*\)|\d+(\.\d+)? \\cdot 10\^\{-?\d+\}/g, '{$&}');
}
