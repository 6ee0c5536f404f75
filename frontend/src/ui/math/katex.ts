/** KaTeX with its style sheet and fonts, in a chunk that is loaded for the first formula. */
import 'katex/dist/katex.min.css';
export { render } from 'katex';
