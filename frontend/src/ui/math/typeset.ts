/** Typesets LaTeX as HTML, and as MathML for screen readers. */
import { afterFirstDrawing } from '../../core/browser/first-drawing';
import type { render } from './katex';

let loading: Promise<typeof render> | null = null;

function loaded(): Promise<typeof render> {
  loading ??= afterFirstDrawing().then(() => import('./katex')).then(
    (katex) => katex.render,
    (reason: unknown) => {
      loading = null; // the next formula tries again
      throw reason;
    },
  );
  return loading;
}

/**
 * Typesets into an element once KaTeX is loaded; the latest call for an element wins. Rejects where KaTeX cannot be
 * loaded. Unknown LaTeX is shown in red.
 */
export async function typeset(tex: string, element: HTMLElement): Promise<void> {
  element.dataset['tex'] = tex;
  const render = await loaded();
  if (element.dataset['tex'] !== tex) return;
  // As elements, not as HTML text: KaTeX sets styles, and the page's policy refuses style attributes in text.
  render(unbroken(tex), element, { output: 'htmlAndMathml', throwOnError: false });
  // Some screen readers would read aloud the LaTeX source that KaTeX adds to the MathML.
  element.querySelector('annotation')?.remove();
}

/** Puts vectors and powers of ten in braces, so that no line breaks inside them. */
function unbroken(tex: string): string {
  return tex.replace(/(?<!\\left)\([^()]*,\\ [^()]*\)|\d+(\.\d+)? \\cdot 10\^\{-?\d+\}/g, '{$&}');
}
